/** The viewer function and the keys of signed URLs: deployed by the built CLI, met through the local CDN. */
import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFrontClient,
  CreateFunctionCommand,
  DescribeFunctionCommand,
  GetDistributionConfigCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signText } from '../../handler/grammar/sign-text.ts';
import { createAwsPorts } from '../../src/aws/index.ts';
import { currentSigningKey } from '../../src/observe/keys.ts';
import { clearRequestLog, IMAGES, requestLog } from '../builders/cli.ts';
import { type Session, startSession } from './session.ts';

let session: Session;
/** What `setup` wrote. */
let config: Record<string, unknown>;

const NAME = 'viewers';
const FN = `edge-resize-${NAME}`;

beforeAll(async () => {
  session = await startSession();
  await session.ok('setup', '--bucket', NAME, '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  config = JSON.parse(readFileSync(join(session.home, 'edge-resize.config.json'), 'utf8')) as typeof config;
}, 120_000);

afterAll(() => session.end());

/** deploy with other members of the config. */
async function deploy(changes: Record<string, unknown>) {
  writeFileSync(join(session.home, 'edge-resize.config.json'), JSON.stringify({ ...config, ...changes }));
  return session.ok('deploy', '--yes');
}

async function writesOf(work: () => Promise<unknown>): Promise<string[]> {
  await clearRequestLog(session.dev.aws);
  await work();
  return (await requestLog(session.dev.aws)).filter(({ write }) => write).map(({ operation }) => operation);
}

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(session.dev.cdn + path, { headers: { 'x-edge-location': 'eu-west-1', ...headers } });
  await answer.arrayBuffer();
  const header = (name: string) => answer.headers.get(name) ?? '';
  const cache = header('x-cache').split(' ')[0];
  return { status: answer.status, cache, type: header('content-type'), note: header('edge-resize') };
}

function cloudfront(): CloudFrontClient {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new CloudFrontClient({ endpoint: session.dev.aws, region: 'us-east-1', credentials });
}

async function distributionConfig() {
  const { DistributionConfig, ETag } = await cloudfront().send(
    new GetDistributionConfigCommand({ Id: String(config.distribution) }),
  );
  const behavior = DistributionConfig?.DefaultCacheBehavior;
  if (!DistributionConfig || !behavior) throw new Error('no distribution');
  return { DistributionConfig, ETag, behavior };
}

const functionsOf = async () =>
  ((await distributionConfig()).behavior.FunctionAssociations?.Items ?? []).map(({ FunctionARN }) => FunctionARN);

test('a viewer function that is there already is left alone; deploy goes without and says so', async () => {
  const client = cloudfront();
  const code = 'function handler(event) { return event.request; }';
  const { ETag: made } = await client.send(
    new CreateFunctionCommand({
      Name: 'theirs',
      FunctionConfig: { Comment: 'theirs', Runtime: 'cloudfront-js-2.0' },
      FunctionCode: new TextEncoder().encode(code),
    }),
  );
  const { FunctionSummary } = await client.send(new PublishFunctionCommand({ Name: 'theirs', IfMatch: made }));
  const FunctionARN = FunctionSummary?.FunctionMetadata?.FunctionARN;
  const { DistributionConfig, ETag, behavior } = await distributionConfig();
  behavior.FunctionAssociations = { Quantity: 1, Items: [{ FunctionARN, EventType: 'viewer-request' }] };
  const update = { Id: String(config.distribution), IfMatch: ETag, DistributionConfig };
  await client.send(new UpdateDistributionCommand(update));

  const done = await deploy({});
  expect(done.stderr.replace(/\s+/g, ' ')).toContain('function/theirs), which is left as it is');
  expect(await functionsOf()).toEqual([FunctionARN]);
  await expect(client.send(new DescribeFunctionCommand({ Name: FN }))).rejects.toThrow();
  expect(await get('/rocket.jpg?d=31x21')).toMatchObject({ status: 200, note: expect.stringMatching(/^w=31;h=21/) });
  expect((await get('/rocket.jpg?w=31&h=21')).note).toBe('');

  writeFileSync(join(session.home, 'edge-resize.config.json'), JSON.stringify({ ...config, url: { signed: true } }));
  const writes = await writesOf(async () => {
    const refused = await session.cli('deploy', '--yes');
    expect([refused.status, refused.stderr]).toEqual([3, expect.stringContaining('(SIGNED_NEEDS_VIEWER)')]);
  });
  expect(writes).toEqual([]);

  const again = await distributionConfig();
  again.behavior.FunctionAssociations = { Quantity: 0 };
  await client.send(
    new UpdateDistributionCommand({
      Id: String(config.distribution),
      IfMatch: again.ETag,
      DistributionConfig: again.DistributionConfig,
    }),
  );
}, 90_000);

describe('one cache key', () => {
  beforeAll(() => deploy({ url: { options: ['format'] } }), 60_000);

  test('for every spelling of a size', async () => {
    const made = expect.stringMatching(/^w=300;h=200/);
    const spellings = [
      ['d=300x200', 'd=300X200', 'D=300x200&utm=1', 'utm_source=mail&d=300%78200'],
      // Sides by their own names never enlarge, which d does.
      ['w=300&h=200', 'h=200&W=300&utm=1', 'd=300x200,up=0'],
    ];
    for (const [first, ...others] of spellings) {
      expect(await get(`/rocket.jpg?${first}`)).toMatchObject({ cache: 'Miss', note: made });
      for (const query of others)
        expect(await get(`/rocket.jpg?${query}`), query).toMatchObject({ cache: 'Hit', note: made });
    }
  });

  test('for every browser that takes the same format', async () => {
    const path = '/rocket.jpg?d=120x80,f=auto';
    const accepts = { avif: 'image/avif,image/webp,*/*', webp: 'image/webp,*/*', jpeg: 'image/*' };
    for (const [format, accept] of Object.entries(accepts)) {
      expect(await get(path, { accept })).toMatchObject({ cache: 'Miss', type: `image/${format}` });
    }
    const other = 'text/html,image/png;q=0.9,image/avif;q=0.8';
    expect(await get(path, { accept: other })).toMatchObject({ cache: 'Hit', type: 'image/avif' });
  });

  test('nothing is left to do, and switching the viewer function off takes it from the behavior', async () => {
    expect(await writesOf(() => session.ok('deploy'))).toEqual([]);
    expect(await functionsOf()).toEqual([expect.stringMatching(`:function/${FN}$`)]);
    expect(await writesOf(() => deploy({ url: { options: ['format'] }, viewerFunction: false }))).toEqual([
      'UpdateDistribution',
    ]);
    expect(await functionsOf()).toEqual([]);
    expect((await get('/rocket.jpg?w=33&h=22')).note).toBe('');
  }, 60_000);
});

describe('signed URLs', () => {
  const secrets: string[] = [];
  const said: string[] = [];

  const key = async () => {
    const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
    const { secret } = await currentSigningKey(createAwsPorts({ endpointUrl: session.dev.aws, env }), NAME);
    secrets.push(secret);
    return secret;
  };
  const hmac = (secret: string, d: string, expires?: number) =>
    createHmac('sha256', secret)
      .update(signText('/rocket.jpg', d, expires))
      .digest('base64url');
  const rotate = async (...flags: string[]) => {
    const result = await session.cli('keys', 'rotate', ...flags);
    said.push(result.stdout, result.stderr);
    return result;
  };

  beforeAll(async () => {
    const done = await deploy({ url: { signed: true } });
    said.push(done.stdout, done.stderr);
  }, 60_000);

  test('the store has a key, which a second deploy keeps', async () => {
    const before = await key();
    expect(before).toMatch(/^[\w-]{43}$/);
    expect(await writesOf(() => session.ok('deploy'))).toEqual([]);
    expect(await key()).toBe(before);
  });

  test('a right signature holds for every spelling; none, a wrong and an expired one are refused', async () => {
    const secret = await key();
    const sig = hmac(secret, '64x48');
    expect(await get(`/rocket.jpg?d=64x48&sig=${sig}`)).toMatchObject({ status: 200, cache: 'Miss' });
    expect(await get(`/rocket.jpg?D=64X48&s=${sig}`)).toMatchObject({ status: 200, cache: 'Hit' });
    // In the cache by now, and still for the signed alone.
    expect((await get('/rocket.jpg?d=64x48')).status).toBe(403);
    expect((await get(`/rocket.jpg?d=65x48&sig=${sig}`)).status).toBe(403);
    expect((await get(`/chelsea.png?d=64x48&sig=${sig}`)).status).toBe(403);
    const now = Math.floor(Date.now() / 1000);
    const expiring = (expires: number) =>
      get(`/rocket.jpg?d=64x48&exp=${expires}&sig=${hmac(secret, '64x48', expires)}`);
    expect(await expiring(now + 600)).toMatchObject({ status: 200, cache: 'Hit' });
    expect((await expiring(now - 1)).status).toBe(403);
    expect((await get('/rocket.jpg')).status).toBe(200);
  });

  test('rotated: the key before goes on, the one before that does not', async () => {
    const of = async () => `/rocket.jpg?d=64x48&sig=${hmac(await key(), '64x48')}`;
    const first = await of();
    const unconfirmed = await writesOf(async () => expect((await rotate()).status).toBe(5));
    expect(unconfirmed).toEqual([]);
    expect(await writesOf(() => rotate('--dry-run'))).toEqual([]);
    expect(await writesOf(() => rotate('--yes'))).toEqual(['PutKey']);
    const second = await of();
    expect(second).not.toBe(first);
    expect([(await get(first)).status, (await get(second)).status]).toEqual([200, 200]);
    const last = await rotate('--yes');
    expect(last.stderr.replace(/\s+/g, ' ')).toMatch(/previous key, [0-9a-f]{8}, are refused from then on/);
    expect((await get(first)).status).toBe(403);
    expect([(await get(second)).status, (await get(await of())).status]).toEqual([200, 200]);
    const listed = await session.ok('keys', 'list');
    expect(listed.stdout).toBe(last.stdout);
    expect(listed.stdout).toMatch(/^current {3}[0-9a-f]{8}\nprevious {2}[0-9a-f]{8}\n$/);
    const document = JSON.parse((await session.ok('keys', 'list', '--json')).stdout);
    expect(document.keys).toEqual({ current: expect.any(String), previous: expect.any(String) });
    // deploy keeps what was rotated.
    expect(await writesOf(() => session.ok('deploy'))).toEqual([]);
  }, 60_000);

  test('no key was printed or put into the journal', async () => {
    const journal = readFileSync(join(session.home, '.edge-resize/journal.ndjson'), 'utf8');
    expect(journal).toContain('cloudfront.rotateSigningKey');
    expect(new Set(secrets).size).toBe(3);
    for (const secret of secrets) expect(said.join('\n') + journal).not.toContain(secret);
  });
});
