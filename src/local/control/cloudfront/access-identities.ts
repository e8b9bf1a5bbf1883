/** Origin access identities, the older way for CloudFront to be known to a bucket. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { uniqueUuid } from '../sequence.ts';
import { usesAccessIdentity } from './behaviors.ts';
import { checkIfMatch, newId } from './etags.ts';
import { listMembers, pageByKey } from './pages.ts';
import { type AccessIdentityRow, type CloudFrontRoom, currentConfigs, locationOf } from './room.ts';

type Create = Handler<
  Sdk.CreateCloudFrontOriginAccessIdentityCommandInput,
  Sdk.CreateCloudFrontOriginAccessIdentityCommandOutput
>;
type Get = Handler<
  Sdk.GetCloudFrontOriginAccessIdentityCommandInput,
  Sdk.GetCloudFrontOriginAccessIdentityCommandOutput
>;
type GetConfig = Handler<
  Sdk.GetCloudFrontOriginAccessIdentityConfigCommandInput,
  Sdk.GetCloudFrontOriginAccessIdentityConfigCommandOutput
>;
type Delete = Handler<
  Sdk.DeleteCloudFrontOriginAccessIdentityCommandInput,
  Sdk.DeleteCloudFrontOriginAccessIdentityCommandOutput
>;
type List = Handler<
  Sdk.ListCloudFrontOriginAccessIdentitiesCommandInput,
  Sdk.ListCloudFrontOriginAccessIdentitiesCommandOutput
>;

/** Create, Get, GetConfig, Delete, List. */
export function accessIdentityHandlers(room: CloudFrontRoom) {
  return {
    CreateCloudFrontOriginAccessIdentity: ((input) => {
      const row = create(room, input.CloudFrontOriginAccessIdentityConfig);
      return { ...view(row), Location: locationOf(`origin-access-identity/cloudfront/${row.id}`) };
    }) satisfies Create,
    GetCloudFrontOriginAccessIdentity: ((input) => view(find(room, input.Id))) satisfies Get,
    GetCloudFrontOriginAccessIdentityConfig: ((input) => {
      const row = find(room, input.Id);
      return { CloudFrontOriginAccessIdentityConfig: row.config, ETag: row.etag };
    }) satisfies GetConfig,
    DeleteCloudFrontOriginAccessIdentity: ((input) =>
      remove(room, find(room, input.Id), input.IfMatch)) satisfies Delete,
    ListCloudFrontOriginAccessIdentities: ((input) => {
      const page = pageByKey(room.accessIdentities.values(), (row) => row.id, input);
      const items = page.items.map((row) => ({
        Id: row.id,
        S3CanonicalUserId: row.canonicalUserId,
        Comment: row.config.Comment,
      }));
      const list = { ...listMembers(page, input), ...(items.length > 0 && { Items: items }) };
      return { CloudFrontOriginAccessIdentityList: list };
    }) satisfies List,
  };
}

function create(room: CloudFrontRoom, given: Sdk.CloudFrontOriginAccessIdentityConfig | undefined): AccessIdentityRow {
  const config = { CallerReference: given?.CallerReference ?? '', Comment: given?.Comment ?? '' };
  const same = room.accessIdentities.values().find((row) => row.config.CallerReference === config.CallerReference);
  if (same && same.config.Comment === config.Comment) return same;
  room.refuse(
    'cloudfront.oai-caller-reference',
    same !== undefined,
    'CloudFrontOriginAccessIdentityAlreadyExists',
    'The caller reference that you are using to create an origin access identity is associated with another one.', // INF
  );
  const canonicalUserId = `${uniqueUuid(room.world)}${uniqueUuid(room.world)}`.replaceAll('-', '');
  const row = { id: newId(room), etag: newId(room), canonicalUserId, config };
  room.accessIdentities.set(row.id, row);
  return row;
}

function find(room: CloudFrontRoom, id: string | undefined): AccessIdentityRow {
  const row = room.accessIdentities.get(id ?? '');
  const message = 'The specified origin access identity does not exist.';
  if (!row) throw new AwsError('NoSuchCloudFrontOriginAccessIdentity', message);
  return row;
}

function remove(room: CloudFrontRoom, row: AccessIdentityRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.etag);
  room.refuse(
    'cloudfront.oai-in-use',
    currentConfigs(room).some(({ config }) => usesAccessIdentity(config, row.id)),
    'CloudFrontOriginAccessIdentityInUse',
    'The CloudFront origin access identity is still being used.',
  );
  room.accessIdentities.delete(row.id);
  return {};
}

function view(row: AccessIdentityRow) {
  return {
    CloudFrontOriginAccessIdentity: {
      Id: row.id,
      S3CanonicalUserId: row.canonicalUserId,
      CloudFrontOriginAccessIdentityConfig: row.config,
    },
    ETag: row.etag,
  };
}
