/** Origin access controls: how CloudFront signs what it asks of a bucket. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { usesAccessControl } from './behaviors.ts';
import { checkIfMatch, newId } from './etags.ts';
import { listMembers, pageByKey } from './pages.ts';
import { type AccessControlRow, type CloudFrontRoom, currentConfigs, locationOf } from './room.ts';
import { checkValue } from './values.ts';

type Create = Handler<Sdk.CreateOriginAccessControlCommandInput, Sdk.CreateOriginAccessControlCommandOutput>;
type Get = Handler<Sdk.GetOriginAccessControlCommandInput, Sdk.GetOriginAccessControlCommandOutput>;
type GetConfig = Handler<Sdk.GetOriginAccessControlConfigCommandInput, Sdk.GetOriginAccessControlConfigCommandOutput>;
type Update = Handler<Sdk.UpdateOriginAccessControlCommandInput, Sdk.UpdateOriginAccessControlCommandOutput>;
type Delete = Handler<Sdk.DeleteOriginAccessControlCommandInput, Sdk.DeleteOriginAccessControlCommandOutput>;
type List = Handler<Sdk.ListOriginAccessControlsCommandInput, Sdk.ListOriginAccessControlsCommandOutput>;

/** Create, Get, GetConfig, Update, Delete, List. */
export function accessControlHandlers(room: CloudFrontRoom) {
  return {
    CreateOriginAccessControl: ((input) => {
      const config = checked(room, input.OriginAccessControlConfig);
      const row = save(room, { id: newId(room), etag: newId(room), config });
      return { ...view(row), Location: locationOf(`origin-access-control/${row.id}`) };
    }) satisfies Create,
    GetOriginAccessControl: ((input) => view(find(room, input.Id))) satisfies Get,
    GetOriginAccessControlConfig: ((input) => {
      const row = find(room, input.Id);
      return { OriginAccessControlConfig: row.config, ETag: row.etag };
    }) satisfies GetConfig,
    UpdateOriginAccessControl: ((input) => {
      const row = find(room, input.Id);
      checkIfMatch(room, input.IfMatch, row.etag);
      const config = checked(room, input.OriginAccessControlConfig, row.id);
      return view(save(room, { ...row, etag: newId(room), config }));
    }) satisfies Update,
    DeleteOriginAccessControl: ((input) => remove(room, find(room, input.Id), input.IfMatch)) satisfies Delete,
    ListOriginAccessControls: ((input) => {
      const page = pageByKey(room.accessControls.values(), (row) => row.id, input);
      const items = page.items.map((row) => ({ Description: '', ...row.config, Id: row.id }));
      return { OriginAccessControlList: { ...listMembers(page, input), ...(items.length > 0 && { Items: items }) } };
    }) satisfies List,
  };
}

function checked(
  room: CloudFrontRoom,
  given: Sdk.OriginAccessControlConfig | undefined,
  id?: string,
): Sdk.OriginAccessControlConfig {
  const config = { Description: '', ...given } as Sdk.OriginAccessControlConfig;
  checkValue(room, 'SigningProtocol', config.SigningProtocol, ['sigv4', 'sigv4a']);
  checkValue(room, 'SigningBehavior', config.SigningBehavior, ['always', 'never', 'no-override']);
  checkValue(room, 'OriginAccessControlOriginType', config.OriginAccessControlOriginType, [
    ...['s3', 'mediastore', 'mediapackagev2', 'lambda'],
  ]);
  room.refuse(
    'cloudfront.oac-name',
    room.accessControls.values().some((row) => row.id !== id && row.config.Name === config.Name),
    'OriginAccessControlAlreadyExists',
    'An origin access control with the same name already exists.',
  );
  return config;
}

function find(room: CloudFrontRoom, id: string | undefined): AccessControlRow {
  const row = room.accessControls.get(id ?? '');
  if (!row) throw new AwsError('NoSuchOriginAccessControl', 'The specified origin access control does not exist.');
  return row;
}

function save(room: CloudFrontRoom, row: AccessControlRow): AccessControlRow {
  room.accessControls.set(row.id, row);
  return row;
}

function remove(room: CloudFrontRoom, row: AccessControlRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.etag);
  room.refuse(
    'cloudfront.oac-in-use',
    currentConfigs(room).some(({ config }) => usesAccessControl(config, row.id)),
    'OriginAccessControlInUse',
    "Cannot delete the origin access control because it's in use by one or more distributions.",
  );
  room.accessControls.delete(row.id);
  return {};
}

function view(row: AccessControlRow) {
  return { OriginAccessControl: { Id: row.id, OriginAccessControlConfig: row.config }, ETag: row.etag };
}
