/** CloudFront Functions: made and changed in the development stage, copied to the live one by publishing. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Handler } from '../../wire/service.ts';
import { deploy, firstDeployment } from './deployments.ts';
import { redeploy } from './distributions.ts';
import { checkIfMatch, newId } from './etags.ts';
import { checkedFunction } from './function-check.ts';
import {
  findFunction,
  findStage,
  summarizeFunction,
  usersOf,
  usesFunction,
  viewerFunctionArn,
} from './function-view.ts';
import { checkName } from './names.ts';
import { pageByKey } from './pages.ts';
import { type CloudFrontRoom, type FunctionRow, locationOf } from './room.ts';
import { checkValue } from './values.ts';

type Create = Handler<Sdk.CreateFunctionCommandInput, Sdk.CreateFunctionCommandOutput>;
type Describe = Handler<Sdk.DescribeFunctionCommandInput, Sdk.DescribeFunctionCommandOutput>;
type Get = Handler<
  Sdk.GetFunctionCommandInput,
  Omit<Sdk.GetFunctionCommandOutput, 'FunctionCode'> & { FunctionCode: Uint8Array }
>;
type Update = Handler<Sdk.UpdateFunctionCommandInput, Sdk.UpdateFunctionCommandOutput>;
type Publish = Handler<Sdk.PublishFunctionCommandInput, Sdk.PublishFunctionCommandOutput>;
type Delete = Handler<Sdk.DeleteFunctionCommandInput, Sdk.DeleteFunctionCommandOutput>;
type List = Handler<Sdk.ListFunctionsCommandInput, Sdk.ListFunctionsCommandOutput>;

/** Functions in an account (AWS-FACTS 3.5). */
const FUNCTION_LIMIT = 100;

/** CreateFunction, DescribeFunction, GetFunction, UpdateFunction, PublishFunction, DeleteFunction, ListFunctions. */
export function functionHandlers(room: CloudFrontRoom) {
  return {
    CreateFunction: ((input) => {
      const row = create(room, input);
      const Location = locationOf(`function/${row.name}`);
      return { FunctionSummary: summary(room, row), ETag: row.development.etag, Location };
    }) satisfies Create,
    DescribeFunction: ((input) => {
      const row = findFunction(room, input.Name);
      const found = findStage(room, row, input.Stage);
      return { FunctionSummary: summarizeFunction(room, row, found), ETag: found.content.etag };
    }) satisfies Describe,
    GetFunction: ((input) => {
      const { content } = findStage(room, findFunction(room, input.Name), input.Stage);
      const FunctionCode = Buffer.from(content.code, 'base64');
      return { FunctionCode, ETag: content.etag, ContentType: 'application/octet-stream' };
    }) satisfies Get,
    UpdateFunction: ((input) => {
      const row = update(room, findFunction(room, input.Name), input);
      return { FunctionSummary: summary(room, row), ETag: row.development.etag };
    }) satisfies Update,
    PublishFunction: ((input) => {
      const row = publish(room, findFunction(room, input.Name), input.IfMatch);
      return { FunctionSummary: summary(room, row, 'LIVE') };
    }) satisfies Publish,
    DeleteFunction: ((input) => remove(room, findFunction(room, input.Name), input.IfMatch)) satisfies Delete,
    ListFunctions: ((input) => list(room, input)) satisfies List,
  };
}

function summary(room: CloudFrontRoom, row: FunctionRow, stage?: 'LIVE') {
  return summarizeFunction(room, row, findStage(room, row, stage));
}

function save(room: CloudFrontRoom, row: FunctionRow): FunctionRow {
  room.functions.set(row.name, row);
  return row;
}

function create(room: CloudFrontRoom, input: Sdk.CreateFunctionCommandInput): FunctionRow {
  const name = input.Name ?? '';
  const now = room.world.now();
  checkName(room, name);
  const content = checkedFunction(room, input.FunctionConfig, input.FunctionCode);
  room.refuse(
    'cloudfront.function-exists',
    room.functions.get(name) !== undefined,
    'FunctionAlreadyExists',
    'A function with the same name already exists in this account.', // INF
  );
  room.refuse(
    'cloudfront.function-limit',
    room.functions.values().length >= FUNCTION_LIMIT,
    'TooManyFunctions',
    'You have reached the maximum number of CloudFront functions for this AWS account.', // INF
  );
  const development = { etag: newId(room), ...content, modifiedAt: now };
  return save(room, { name, createdAt: now, tags: input.Tags?.Items ?? [], development });
}

function update(room: CloudFrontRoom, before: FunctionRow, input: Sdk.UpdateFunctionCommandInput): FunctionRow {
  checkIfMatch(room, input.IfMatch, before.development.etag);
  const content = checkedFunction(room, input.FunctionConfig, input.FunctionCode);
  return save(room, { ...before, development: { etag: newId(room), ...content, modifiedAt: room.world.now() } });
}

/**
 * The behaviors that have the function use the new copy as soon as their distributions are deployed (developer guide,
 * "Publish functions"), and those get another ETag (terraform-provider-aws#19529, #22816).
 */
function publish(room: CloudFrontRoom, before: FunctionRow, ifMatch: string | undefined): FunctionRow {
  const { development } = before;
  checkIfMatch(room, ifMatch, development.etag);
  room.refuse(
    'cloudfront.function-published',
    before.publishedEtag === development.etag,
    'PreconditionFailed',
    "The request failed because it didn't meet the preconditions in one or more request-header fields.",
  );
  const now = room.world.now();
  const copy = { ...development, etag: newId(room), modifiedAt: now };
  const live = before.live ? deploy(before.live, copy, now, room.world.delays.deploy) : firstDeployment(copy, now);
  const row = save(room, { ...before, live, publishedEtag: development.etag });
  const arn = viewerFunctionArn(room, row.name);
  redeploy(room, (config) => usesFunction(config, arn));
  return row;
}

function remove(room: CloudFrontRoom, row: FunctionRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.development.etag);
  const users = usersOf(room, row).length;
  room.refuse(
    'cloudfront.function-in-use',
    users > 0,
    'FunctionInUse',
    `Cannot delete function ${row.name}, it is in use by ${users} distributions`, // anomalyco/ion#443
  );
  room.functions.delete(row.name);
  return {};
}

/** Without a stage every function is listed as it is in DEVELOPMENT (INF). */
function list(room: CloudFrontRoom, input: Sdk.ListFunctionsCommandInput) {
  checkValue(room, 'stage', input.Stage, ['DEVELOPMENT', 'LIVE']);
  const rows = room.functions.values().filter((row) => input.Stage !== 'LIVE' || row.live !== undefined);
  const page = pageByKey(rows, (row) => row.name, input);
  const items = page.items.map((row) => summarizeFunction(room, row, findStage(room, row, input.Stage)));
  return {
    FunctionList: {
      NextMarker: page.next,
      MaxItems: page.max,
      Quantity: items.length,
      ...(items.length > 0 && { Items: items }),
    },
  };
}
