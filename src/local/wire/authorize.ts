/** May the caller do this? Identity policies decide; S3 decides for itself, since its bucket policies have a say too. */
import { evaluate } from '../policy/evaluate.ts';
import type { World } from '../world.ts';
import type { Shape } from './codecs.ts';
import { AwsError, type CallContext, type ServiceId } from './service.ts';

/** Operations whose IAM action has another name (service authorization reference). */
const ACTIONS: Record<string, string> = {
  'cloudfront:CreateDistributionWithTags': 'cloudfront:CreateDistribution',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** Decided elsewhere: everybody may ask who he is, and a role's trust policy says who may assume it. */
const UNCHECKED = new Set(['sts:GetCallerIdentity', 'sts:AssumeRole']);

const JSON_SERVICES: readonly ServiceId[] = ['lambda', 'logs', 'cloudfront-keyvaluestore'];

interface Target {
  arn: string;
  /** As IAM's own messages say it: `role NAME`. */
  spoken?: string;
}

/** @throws AwsError AccessDenied (AccessDeniedException of the JSON services). */
export function authorize(world: World, context: CallContext, input: Shape): void {
  const { service, operation, principal } = context;
  const call = `${service}:${operation}`;
  if (service === 's3' || principal.administrator || UNCHECKED.has(call) || !world.enforces('wire.access')) return;
  const action = ACTIONS[call] ?? call;
  const { arn, spoken = arn } = targetOf(world, context, input);
  const sources = world.iam.identityPolicies(principal).map((document) => ({ kind: 'identity' as const, document }));
  const decision = evaluate(sources, {
    principal,
    action,
    resource: arn,
    context: { 'aws:RequestedRegion': context.region },
  });
  if (decision === 'allow') return;
  const why =
    decision === 'deny'
      ? 'with an explicit deny in an identity-based policy'
      : `because no identity-based policy allows the ${action} action`;
  throw new AwsError(
    JSON_SERVICES.includes(service) ? 'AccessDeniedException' : 'AccessDenied',
    `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${spoken} ${why}`,
  );
}

/** The resource that an input names, or `*`. */
export function targetOf(world: World, context: CallContext, input: Shape): Target {
  return TARGETS[context.service](input, world.account, context.region, { world, context }) ?? { arn: '*' };
}

type FindTarget = (
  input: Shape,
  account: string,
  region: string,
  call: { world: World; context: CallContext },
) => Target | undefined;

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const TARGETS: Record<ServiceId, FindTarget> = {
  sts: (input) => named(text(input.RoleArn)),
  iam(input, account) {
    const role = text(input.RoleName);
    const user = text(input.UserName);
    if (role !== undefined) return { arn: `arn:aws:iam::${account}:role/${role}`, spoken: `role ${role}` };
    if (user !== undefined) return { arn: `arn:aws:iam::${account}:user/${user}`, spoken: `user ${user}` };
    return named(text(input.PolicyArn), 'policy ');
  },
  s3(input) {
    const bucket = text(input.Bucket);
    const key = text(input.Key);
    return bucket === undefined ? undefined : { arn: `arn:aws:s3:::${bucket}${key === undefined ? '' : `/${key}`}` };
  },
  lambda(input, account, region) {
    const name = text(input.FunctionName) ?? text(input.Resource);
    if (name === undefined || name.startsWith('arn:')) return named(name);
    return { arn: `arn:aws:lambda:${region}:${account}:function:${name}` };
  },
  cloudfront(input, account, _region, { world, context }) {
    const name = text(input.Name);
    if (name !== undefined) {
      // The ARN of a key value store has its id, which a new one does not have yet.
      return context.operation.endsWith('KeyValueStore')
        ? named(world.cloudfront.keyValueStoreArn?.(name))
        : { arn: `arn:aws:cloudfront::${account}:function/${name}` };
    }
    const id = text(input.DistributionId) ?? text(input.Id);
    return (
      named(text(input.Resource)) ??
      (id === undefined ? undefined : { arn: `arn:aws:cloudfront::${account}:distribution/${id}` })
    );
  },
  'cloudfront-keyvaluestore': (input) => named(text(input.KvsARN)),
  logs(input, account, region) {
    const name = text(input.logGroupName);
    return name === undefined ? undefined : { arn: `arn:aws:logs:${region}:${account}:log-group:${name}:*` };
  },
};

const named = (arn: string | undefined, kind = ''): Target | undefined =>
  arn === undefined ? undefined : { arn, spoken: kind + arn };
