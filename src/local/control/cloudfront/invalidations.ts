/** Invalidations (AWS-FACTS 4). They take effect when they are created; only their status waits. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { uniqueId } from '../sequence.ts';
import { findDistribution } from './distribution-view.ts';
import { inProgress, isCompleted } from './invalidation-state.ts';
import { listMembers, pageInOrder } from './pages.ts';
import { type CloudFrontRoom, type InvalidationRow, locationOf } from './room.ts';
import { checkQuantities } from './values.ts';

type Create = Handler<Sdk.CreateInvalidationCommandInput, Sdk.CreateInvalidationCommandOutput>;
type Get = Handler<Sdk.GetInvalidationCommandInput, Sdk.GetInvalidationCommandOutput>;
type List = Handler<Sdk.ListInvalidationsCommandInput, Sdk.ListInvalidationsCommandOutput>;

/** Paths in one batch and in progress, wildcards in progress (AWS-FACTS 4). */
const PATH_LIMIT = 3000;
const WILDCARD_LIMIT = 15;

/** CreateInvalidation, GetInvalidation, ListInvalidations. */
export function invalidationHandlers(room: CloudFrontRoom) {
  return {
    CreateInvalidation: ((input) => {
      const { id } = findDistribution(room, input.DistributionId);
      const row = create(room, id, input.InvalidationBatch);
      return {
        Location: locationOf(`distribution/${id}/invalidation/${row.id}`),
        Invalidation: describe(room, row),
      };
    }) satisfies Create,
    GetInvalidation: ((input) => {
      const { id } = findDistribution(room, input.DistributionId);
      const row = room.invalidations.get(id)?.find((candidate) => candidate.id === input.Id);
      if (!row) throw new AwsError('NoSuchInvalidation', 'The specified invalidation does not exist.');
      return { Invalidation: describe(room, row) };
    }) satisfies Get,
    ListInvalidations: ((input) => {
      const { id } = findDistribution(room, input.DistributionId);
      const newestFirst = [...(room.invalidations.get(id) ?? [])].reverse();
      const page = pageInOrder(newestFirst, (row) => row.id, input);
      const items = page.items.map((row) => summarize(room, row));
      return { InvalidationList: { ...listMembers(page, input), ...(items.length > 0 && { Items: items }) } };
    }) satisfies List,
  };
}

function create(room: CloudFrontRoom, distribution: string, batch: Sdk.InvalidationBatch | undefined): InvalidationRow {
  checkQuantities(room, 'Paths', batch?.Paths);
  const paths = batch?.Paths?.Items ?? [];
  const callerReference = batch?.CallerReference ?? '';
  const earlier = room.invalidations.get(distribution) ?? [];
  const same = earlier.find((row) => row.callerReference === callerReference);
  if (same && sorted(same.paths) === sorted(paths)) return same;
  room.refuse(
    'cloudfront.invalidation-caller-reference',
    same !== undefined,
    'InvalidationBatchAlreadyExists',
    `The caller reference that you are using to create an invalidation batch is associated with another invalidation batch. Already exists: ${same?.id}`, // INF
    { status: 409 },
  );
  checkPaths(room, distribution, paths);
  const row = { id: `I${uniqueId(room.world, 13)}`, distribution, at: room.world.now(), callerReference, paths };
  room.invalidations.set(distribution, [...earlier, row]);
  return row;
}

const sorted = (paths: string[]) => JSON.stringify([...paths].sort());
const isWildcard = (path: string) => path.startsWith('/') && path.endsWith('*');

function checkPaths(room: CloudFrontRoom, distribution: string, paths: string[]): void {
  room.refuse(
    'cloudfront.invalidation-paths',
    paths.length === 0 || !paths.every(isPath),
    'InvalidArgument',
    'Your request contains one or more invalid invalidation paths.',
  );
  room.refuse(
    'cloudfront.invalidation-batch',
    paths.length > PATH_LIMIT,
    'BatchTooLarge',
    'Your invalidation batch exceeds the maximum number of paths.', // INF
  );
  const running = [...inProgress(room, distribution).flatMap((row) => row.paths), ...paths];
  const wildcards = running.filter(isWildcard).length;
  room.refuse(
    'cloudfront.invalidations-in-progress',
    paths.length <= PATH_LIMIT && (wildcards > WILDCARD_LIMIT || running.length - wildcards > PATH_LIMIT),
    'TooManyInvalidationsInProgress',
    'Processing your request will cause you to exceed the maximum number of in-progress invalidations.',
  );
}

/**
 * A path from `/` with `*` as its last character at most, or a tag from `#` with none; 4,000 characters (AWS-FACTS 3.5, 4).
 * INF: what must be percent-encoded and is not (spaces, control characters, anything beyond ASCII) makes it invalid.
 */
export function isPath(path: string): boolean {
  if (path.startsWith('#')) return /^#[!-+\--~]{1,256}$/.test(path) && !path.includes('*');
  return path.length <= 4000 && /^\/[!-)+-~]*\*?$/.test(path);
}

function describe(room: CloudFrontRoom, row: InvalidationRow): Sdk.Invalidation {
  return {
    ...summarize(room, row),
    InvalidationBatch: {
      Paths: { Quantity: row.paths.length, Items: row.paths },
      CallerReference: row.callerReference,
    },
  };
}

function summarize(room: CloudFrontRoom, row: InvalidationRow): Sdk.InvalidationSummary {
  return { Id: row.id, CreateTime: new Date(row.at), Status: isCompleted(room, row) ? 'Completed' : 'InProgress' };
}
