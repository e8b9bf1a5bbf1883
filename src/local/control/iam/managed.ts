/** Managed policies: the customer's own, and the few of AWS that roles of this kind carry. One version each. */
import type * as Iam from '@aws-sdk/client-iam';
import type { Handler } from '../../wire/service.ts';
import { pageOf } from './paging.ts';
import { encodeDocument, type IamState, noSuchEntity, type PolicyRow, uniqueId } from './state.ts';
import { checkManaged, checkName, checkPath, mergeTags } from './validate.ts';

const allow = (...Action: string[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

const AWS_MANAGED: PolicyRow[] = [
  awsManaged('/', 'AdministratorAccess', allow('*')),
  awsManaged('/', 'AmazonS3ReadOnlyAccess', allow('s3:Get*', 's3:List*', 's3:Describe*')),
  awsManaged('/', 'CloudFrontReadOnlyAccess', allow('cloudfront:Describe*', 'cloudfront:Get*', 'cloudfront:List*')),
  awsManaged(
    '/service-role/',
    'AWSLambdaBasicExecutionRole',
    allow('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'),
  ),
];

function awsManaged(path: string, name: string, document: string): PolicyRow {
  const arn = `arn:aws:iam::aws:policy${path}${name}`;
  const createdAt = Date.UTC(2015, 3, 9, 15, 3, 43);
  return { name, path, arn, id: uniqueId('ANPA', arn, createdAt), createdAt, document, tags: [] };
}

/** By ARN; undefined when there is none. */
export const findPolicy = ({ policies }: IamState, arn: string): PolicyRow | undefined =>
  policies.get(arn) ?? AWS_MANAGED.find((policy) => policy.arn === arn);

export function managedPolicyHandlers(state: IamState) {
  const { policies, refuse } = state;
  const named = (arn = '') => findPolicy(state, arn) ?? noSuchEntity(`Policy ${arn} was not found.`);

  const CreatePolicy: Handler<Iam.CreatePolicyRequest, Iam.CreatePolicyResponse> = (input, { now }) => {
    const {
      PolicyName: name = '',
      Path: path = '/',
      PolicyDocument: document = '',
      Description: description,
      Tags = [],
    } = input;
    checkName(state, 'policyName', name, 128);
    checkPath(state, path);
    checkManaged(state, document);
    const arn = `arn:aws:iam::${state.world.account}:policy${path}${name}`;
    const taken = policies.values().some((policy) => policy.name === name);
    refuse(
      'iam.entity-exists',
      taken,
      'EntityAlreadyExists',
      `A policy called ${name} already exists. Duplicate names are not allowed.`,
    );
    const row: PolicyRow = {
      name,
      path,
      arn,
      id: uniqueId('ANPA', arn, now),
      createdAt: now,
      document,
      tags: mergeTags([], Tags),
    };
    policies.set(arn, description === undefined ? row : { ...row, description });
    return { Policy: policyOf(state, row) };
  };

  const GetPolicy: Handler<Iam.GetPolicyRequest, Iam.GetPolicyResponse> = ({ PolicyArn }) => ({
    Policy: policyOf(state, named(PolicyArn)),
  });

  const GetPolicyVersion: Handler<Iam.GetPolicyVersionRequest, Iam.GetPolicyVersionResponse> = ({
    PolicyArn,
    VersionId,
  }) => {
    const row = named(PolicyArn);
    if (VersionId !== 'v1') noSuchEntity(`Policy ${row.arn} version ${VersionId} does not exist or is not attachable.`);
    const Document = encodeDocument(row.document);
    return { PolicyVersion: { Document, VersionId, IsDefaultVersion: true, CreateDate: new Date(row.createdAt) } };
  };

  const ListPolicies: Handler<Iam.ListPoliciesRequest, Iam.ListPoliciesResponse> = (input) => {
    const { Scope = 'All', OnlyAttached, PathPrefix = '/' } = input;
    const all = [...(Scope === 'AWS' ? [] : policies.values()), ...(Scope === 'Local' ? [] : AWS_MANAGED)];
    const wanted = all
      .filter((row) => row.path.startsWith(PathPrefix))
      .filter((row) => !OnlyAttached || attachmentsOf(state, row.arn) > 0);
    const { items, ...page } = pageOf(wanted, (row) => row.arn, input);
    return { Policies: items.map((row) => policyOf(state, row)), ...page };
  };

  const DeletePolicy: Handler<Iam.DeletePolicyRequest, object> = ({ PolicyArn }) => {
    const row = named(PolicyArn);
    const attached = 'Cannot delete a policy attached to entities.';
    refuse('iam.delete-conflict', attachmentsOf(state, row.arn) > 0, 'DeleteConflict', attached);
    policies.delete(row.arn);
    return {};
  };

  return { CreatePolicy, GetPolicy, GetPolicyVersion, ListPolicies, DeletePolicy };
}

const attachmentsOf = ({ roles, users }: IamState, arn: string): number =>
  [...roles.values(), ...users.values()].filter((entity) => entity.attached.includes(arn)).length;

const policyOf = (state: IamState, row: PolicyRow): Iam.Policy => ({
  PolicyName: row.name,
  PolicyId: row.id,
  Arn: row.arn,
  Path: row.path,
  DefaultVersionId: 'v1',
  AttachmentCount: attachmentsOf(state, row.arn),
  PermissionsBoundaryUsageCount: 0,
  IsAttachable: true,
  CreateDate: new Date(row.createdAt),
  UpdateDate: new Date(row.createdAt),
  ...(row.description === undefined ? {} : { Description: row.description }),
  ...(row.tags.length === 0 ? {} : { Tags: row.tags }),
});
