/**
 * An account in memory that the planners and the executor can be run against at speed: the ports, implemented over plain
 * maps. It keeps what is written, counts writes, and can be told to refuse. What AWS does on the wire is tested elsewhere.
 */
import type { CloudFrontPort } from '../../src/aws/ports/cloudfront.ts';
import type { IamPort } from '../../src/aws/ports/iam.ts';
import type { AwsPorts } from '../../src/aws/ports/index.ts';
import type { LambdaPort } from '../../src/aws/ports/lambda.ts';
import { type RefusalKind, Refused } from '../../src/aws/ports/refused.ts';
import type { S3Port } from '../../src/aws/ports/s3.ts';
import type { DistributionConfig } from '../../src/core/distribution-config.ts';
import type {
  AccessControl,
  CachePolicy,
  Distribution,
  FunctionVersion,
  Role,
  StoredObject,
  ViewerFunction,
} from '../../src/core/state.ts';
import { type KeyStoreRow, signingKeysOf, viewerOf } from './world-viewer.ts';

export const ACCOUNT = '123456789012';

interface FunctionRow {
  latest: FunctionVersion;
  versions: FunctionVersion[];
  tags: Record<string, string>;
}

export interface AccountWorld {
  ports: AwsPorts;
  buckets: Map<string, { region: string; policy?: string; objects: Map<string, StoredObject>; foreign?: boolean }>;
  roles: Map<string, Role & { policies: Map<string, string> }>;
  distributions: Map<string, Distribution & { tags: Record<string, string> }>;
  cachePolicies: Map<string, CachePolicy>;
  accessControls: Map<string, AccessControl>;
  functions: Map<string, FunctionRow>;
  /** CloudFront Functions by name. */
  viewers: Map<string, ViewerFunction>;
  /** Key value stores by name. */
  keyStores: Map<string, KeyStoreRow>;
  /** What a test run of a CloudFront Function gives; the request that the test expects when left out. */
  testResult: unknown;
  /** `service.call` of every write that was accepted. */
  writes: string[];
  /** The next calls of these names are refused, once an entry. */
  refusals: { call: string; kind: RefusalKind }[];
  /** Called before a write takes effect, so that a test can interfere or stop the run. */
  before: (call: string) => void;
}

/** An empty account. */
export function emptyWorld(): AccountWorld {
  const world: AccountWorld = {
    ports: undefined as unknown as AwsPorts,
    buckets: new Map(),
    roles: new Map(),
    distributions: new Map(),
    cachePolicies: new Map(),
    accessControls: new Map(),
    functions: new Map(),
    viewers: new Map(),
    keyStores: new Map(),
    testResult: undefined,
    writes: [],
    refusals: [],
    before: () => undefined,
  };
  let serial = 0;
  const id = (prefix: string): string => {
    serial += 1;
    return `${prefix}${serial.toString(36).toUpperCase().padStart(8, '0')}`;
  };
  const lambda = lambdaOf(world);
  const iam = iamOf(world);
  const cloudfront = cloudfrontOf(world, id);
  const viewer = viewerOf(world, id);
  const signingKeys = signingKeysOf(world, id);
  const unused = (name: string) => async () => {
    throw new Error(`the port ${name} is not part of this world`);
  };
  world.ports = {
    endpointUrl: async () => undefined,
    identity: async () => ({ whoAmI: async () => ({ account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:user/me` }) }),
    s3: async (region) => s3Of(world, region),
    iam: async () => iam,
    lambda: async () => lambda,
    cloudfront: async () => cloudfront,
    viewer: async () => viewer,
    signingKeys: async () => signingKeys,
    invalidation: unused('invalidation'),
    logs: unused('logs'),
  };
  return world;
}

/** Registers a write: refuses it, lets the test interfere, counts it. */
export function write(world: AccountWorld, call: string): void {
  const at = world.refusals.findIndex((refusal) => refusal.call === call);
  const [refusal] = at < 0 ? [] : world.refusals.splice(at, 1);
  if (refusal) throw new Refused(refusal.kind, `refused ${call}`);
  world.before(call);
  world.writes.push(call);
}

export function the<T>(found: T | undefined, what: string): T {
  if (found === undefined) throw new Error(`no ${what} in this world`);
  return found;
}

function s3Of(world: AccountWorld, region: string): S3Port {
  const bucket = (name: string) => the(world.buckets.get(name), `bucket ${name}`);
  return {
    async locate(name) {
      const found = world.buckets.get(name);
      return found && { region: found.region, owner: found.foreign ? 'other' : 'ours' };
    },
    async createBucket(name) {
      write(world, 's3.createBucket');
      world.buckets.set(name, { region, objects: new Map() });
    },
    getPolicy: async (name) => bucket(name).policy,
    async putPolicy(name, _account, policy) {
      write(world, 's3.putPolicy');
      bucket(name).policy = policy;
    },
    async listKeys(name, { prefix = '', limit }) {
      const all = [...bucket(name).objects.values()].filter(({ key }) => key.startsWith(prefix));
      return { keys: all.slice(0, limit), more: all.length > limit };
    },
    async putObject(name, { key, body }) {
      write(world, 's3.putObject');
      const { createHash } = await import('node:crypto');
      const etag = createHash('md5').update(body).digest('hex');
      bucket(name).objects.set(key, { key, bytes: body.length, etag });
    },
  };
}

function iamOf(world: AccountWorld): IamPort {
  const role = (name: string) => the(world.roles.get(name), `role ${name}`);
  return {
    getRole: async (name) => world.roles.get(name),
    getRolePolicy: async (name, policy) => role(name).policies.get(policy),
    async createRole({ name, trust, tags }) {
      write(world, 'iam.createRole');
      const made = { name, arn: `arn:aws:iam::${ACCOUNT}:role/${name}`, trust, tags, policies: new Map() };
      world.roles.set(name, made);
      return made;
    },
    async updateTrust(name, trust) {
      write(world, 'iam.updateTrust');
      role(name).trust = trust;
    },
    async putRolePolicy(name, policy, document) {
      write(world, 'iam.putRolePolicy');
      role(name).policies.set(policy, document);
    },
    async tagRole(name, tags) {
      write(world, 'iam.tagRole');
      role(name).tags = { ...role(name).tags, ...tags };
    },
  };
}

function lambdaOf(world: AccountWorld): LambdaPort {
  const fn = (name: string) => the(world.functions.get(name), `function ${name}`);
  const sha = async (zip: Uint8Array) => {
    const { createHash } = await import('node:crypto');
    return createHash('sha256').update(zip).digest('base64');
  };
  return {
    async getFunction(name) {
      const found = world.functions.get(name);
      return found && { latest: { ...found.latest }, tags: found.tags };
    },
    async getVersion(name, version) {
      const { latest, versions } = fn(name);
      return the(version === undefined ? latest : versions.find((one) => one.version === version), 'version');
    },
    listVersions: async (name) => [...(world.functions.get(name)?.versions ?? [])],
    async createFunction({ name, zip, tags, description: _, ...settings }) {
      write(world, 'lambda.create');
      const latest: FunctionVersion = {
        ...settings,
        arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`,
        version: '$LATEST',
        codeSha256: await sha(zip),
        state: 'Active',
        stateReason: undefined,
        lastUpdate: 'Successful',
        lastUpdateReason: undefined,
      };
      world.functions.set(name, { latest, versions: [], tags });
      return latest;
    },
    async updateCode(name, zip) {
      write(world, 'lambda.updateCode');
      fn(name).latest.codeSha256 = await sha(zip);
    },
    async updateSettings(name, settings) {
      write(world, 'lambda.updateConfig');
      Object.assign(fn(name).latest, settings);
    },
    async publish(name) {
      write(world, 'lambda.publish');
      const { latest, versions } = fn(name);
      const version = `${versions.length + 1}`;
      const made = { ...latest, version, arn: `${latest.arn}:${version}` };
      versions.unshift(made);
      return made;
    },
    async tagFunction(arn, tags) {
      write(world, 'lambda.tag');
      const row = fn(arn.split(':').at(-1) ?? '');
      row.tags = { ...row.tags, ...tags };
    },
  };
}

function cloudfrontOf(world: AccountWorld, id: (prefix: string) => string): CloudFrontPort {
  const keep = (distribution: Distribution, config: DistributionConfig) => {
    distribution.config = structuredClone(config);
    distribution.etag = id('E');
    return structuredClone(distribution);
  };
  return {
    getDistribution: async (name) => structuredClone(world.distributions.get(name)),
    listDistributions: async () =>
      [...world.distributions.values()].map(({ id: name, arn, domainName, config }) => ({
        id: name,
        arn,
        domainName,
        originHosts: (config.Origins?.Items ?? []).map(({ DomainName }) => DomainName ?? ''),
      })),
    async createDistribution(config, tags) {
      write(world, 'cloudfront.createDistribution');
      return addDistribution(world, config, { id: id('E'), tags });
    },
    async updateDistribution(name, config, etag) {
      write(world, 'cloudfront.updateDistribution');
      const found = the(world.distributions.get(name), `distribution ${name}`);
      if (found.etag !== etag) {
        world.writes.pop();
        throw new Refused('stale', 'PreconditionFailed');
      }
      return keep(found, config);
    },
    getTags: async (arn) => [...world.distributions.values()].find((one) => one.arn === arn)?.tags ?? {},
    getCachePolicy: async (name) => world.cachePolicies.get(name),
    findCachePolicy: async (name) => [...world.cachePolicies.values()].find(({ config }) => config.Name === name),
    async createCachePolicy(config) {
      write(world, 'cloudfront.createCachePolicy');
      const made = { id: id('P'), config: structuredClone(config) };
      world.cachePolicies.set(made.id, made);
      return made;
    },
    findAccessControl: async (name) => [...world.accessControls.values()].find((one) => one.name === name),
    async createAccessControl({ name, description }) {
      write(world, 'cloudfront.createAccessControl');
      const made = { id: id('A'), name, description };
      world.accessControls.set(made.id, made);
      return made;
    },
  };
}

/** Puts a distribution into the account. */
export function addDistribution(
  world: AccountWorld,
  config: DistributionConfig,
  { id, tags = {}, status = 'Deployed' }: { id: string; tags?: Record<string, string>; status?: string },
): Distribution {
  const made = {
    id,
    arn: `arn:aws:cloudfront::${ACCOUNT}:distribution/${id}`,
    domainName: `d${id.toLowerCase()}.cloudfront.net`,
    status,
    etag: `ETAG${id}`,
    config: structuredClone(config),
    tags,
  };
  world.distributions.set(id, made);
  return structuredClone(made);
}
