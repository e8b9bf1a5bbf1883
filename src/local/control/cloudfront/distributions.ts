/** Distributions: made, changed by If-Match, deleted when off. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { DistributionConfig, Tag } from '@aws-sdk/client-cloudfront';
import type { Handler } from '../../wire/service.ts';
import { uniqueId } from '../sequence.ts';
import { reportAssociations } from './associations.ts';
import { withDefaults } from './defaults.ts';
import { deploy, firstDeployment, isDeployed } from './deployments.ts';
import { describe, findDistribution, summarize } from './distribution-view.ts';
import { checkIfMatch, newId } from './etags.ts';
import { listMembers, pageByKey } from './pages.ts';
import { type CloudFrontRoom, type DistributionRow, locationOf } from './room.ts';
import { checkUpdateMembers } from './update-members.ts';
import { checkConfig } from './validate.ts';

type Create = Handler<Sdk.CreateDistributionCommandInput, Sdk.CreateDistributionCommandOutput>;
type CreateWithTags = Handler<Sdk.CreateDistributionWithTagsCommandInput, Sdk.CreateDistributionWithTagsCommandOutput>;
type Get = Handler<Sdk.GetDistributionCommandInput, Sdk.GetDistributionCommandOutput>;
type GetConfig = Handler<Sdk.GetDistributionConfigCommandInput, Sdk.GetDistributionConfigCommandOutput>;
type Update = Handler<Sdk.UpdateDistributionCommandInput, Sdk.UpdateDistributionCommandOutput>;
type Delete = Handler<Sdk.DeleteDistributionCommandInput, Sdk.DeleteDistributionCommandOutput>;
type List = Handler<Sdk.ListDistributionsCommandInput, Sdk.ListDistributionsCommandOutput>;

/** Create, CreateWithTags, Get, GetConfig, Update, Delete and List. */
export function distributionHandlers(room: CloudFrontRoom) {
  return {
    CreateDistribution: ((input) => created(room, create(room, input.DistributionConfig))) satisfies Create,
    CreateDistributionWithTags: ((input) => {
      const { DistributionConfig: config, Tags } = input.DistributionConfigWithTags ?? {};
      return created(room, create(room, config, Tags?.Items ?? []));
    }) satisfies CreateWithTags,
    GetDistribution: ((input) => {
      const row = findDistribution(room, input.Id);
      return { Distribution: describe(room, row), ETag: row.etag };
    }) satisfies Get,
    GetDistributionConfig: ((input) => {
      const row = findDistribution(room, input.Id);
      return { DistributionConfig: row.deployments.current.config, ETag: row.etag };
    }) satisfies GetConfig,
    UpdateDistribution: ((input) => {
      const row = update(room, findDistribution(room, input.Id), input);
      return { Distribution: describe(room, row), ETag: row.etag };
    }) satisfies Update,
    DeleteDistribution: ((input) => remove(room, findDistribution(room, input.Id), input.IfMatch)) satisfies Delete,
    ListDistributions: ((input) => {
      const page = pageByKey(room.distributions.values(), (row) => row.id, input);
      const items = page.items.map((row) => summarize(room, row));
      return { DistributionList: { ...listMembers(page, input), ...(items.length > 0 && { Items: items }) } };
    }) satisfies List,
  };
}

function created(room: CloudFrontRoom, row: DistributionRow) {
  return { Distribution: describe(room, row), Location: locationOf(`distribution/${row.id}`), ETag: row.etag };
}

function create(room: CloudFrontRoom, given: DistributionConfig | undefined, tags: Tag[] = []): DistributionRow {
  const config = withDefaults(given ?? ({} as DistributionConfig));
  const createdWith = JSON.stringify(config);
  const earlier = room.distributions
    .values()
    .find((row) => row.deployments.current.config.CallerReference === config.CallerReference);
  if (earlier?.createdWith === createdWith) return earlier;
  room.refuse(
    'cloudfront.distribution-exists',
    earlier !== undefined,
    'DistributionAlreadyExists',
    `The caller reference that you are using to create a distribution is associated with another distribution. Already exists: ${earlier?.id}`,
  );
  if (given) checkConfig(room, given);
  const row: DistributionRow = {
    id: newId(room),
    domainName: `d${uniqueId(room.world, 13).toLowerCase()}.cloudfront.net`,
    etag: newId(room),
    deployments: firstDeployment(config, room.world.now()),
    createdWith,
    tags,
  };
  room.distributions.set(row.id, row);
  reportAssociations(room, config);
  return row;
}

function update(
  room: CloudFrontRoom,
  before: DistributionRow,
  input: Sdk.UpdateDistributionCommandInput,
): DistributionRow {
  checkIfMatch(room, input.IfMatch, before.etag);
  const given = input.DistributionConfig ?? ({} as DistributionConfig);
  const old = before.deployments.current.config;
  checkUpdateMembers(room, given);
  room.refuse(
    'cloudfront.caller-reference',
    given.CallerReference !== old.CallerReference,
    'IllegalUpdate',
    'The update contains modifications that are not allowed.',
  );
  checkConfig(room, given, before.id);
  const row = changed(room, before, withDefaults(given));
  reportAssociations(room, old, row.deployments.current.config);
  return row;
}

/** Stores a config as the current one, under a new ETag; its deployment starts now. */
function changed(room: CloudFrontRoom, before: DistributionRow, config: DistributionConfig): DistributionRow {
  const deployments = deploy(before.deployments, config, room.world.now(), room.world.delays.deploy);
  const row = { ...before, etag: newId(room), deployments };
  room.distributions.set(row.id, row);
  return row;
}

/** Deploys the distributions that `uses` picks once more: a policy of theirs changed, and so does their ETag (AWS-FACTS 10). */
export function redeploy(room: CloudFrontRoom, uses: (config: DistributionConfig) => boolean): void {
  for (const row of room.distributions.values()) {
    const { config } = row.deployments.current;
    if (uses(config)) changed(room, row, config);
  }
}

function remove(room: CloudFrontRoom, row: DistributionRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.etag);
  const { config } = row.deployments.current;
  const message = 'The distribution you are trying to delete has not been disabled.';
  room.refuse('cloudfront.delete-enabled', config.Enabled === true, 'DistributionNotDisabled', message);
  room.refuse(
    'cloudfront.delete-in-progress',
    !isDeployed(row.deployments, room.world.now(), room.world.delays.deploy),
    'DistributionNotDisabled',
    message,
  );
  room.distributions.delete(row.id);
  room.invalidations.delete(row.id);
  reportAssociations(room, config);
  return {};
}
