/** STS of the local AWS: who a caller is, and credentials of a role. */
import type * as Sts from '@aws-sdk/client-sts';
import { evaluate } from '../policy/evaluate.ts';
import { AwsError, type CallContext, type Handler, type Service } from '../wire/service.ts';
import type { Principal, World } from '../world.ts';
import { isKnown, roleByArn, trusts } from './iam/questions.ts';
import { openSession } from './iam/sessions.ts';
import { type IamState, iamState, type RoleRow } from './iam/state.ts';
import { refuserOf } from './refusal.ts';

export const STS_REFUSALS = {
  'sts.assume-role':
    'assuming a role that does not exist or does not trust the caller (IAM user guide, trust policies)',
  'sts.session-duration': 'sessions under 900 seconds or over the role`s MaxSessionDuration (d.ts AssumeRoleRequest)',
  'sts.session-name': 'session names outside [\\w+=,.@-]{2,64} (d.ts AssumeRoleRequest)',
} as const;

export function createSts(world: World): { service: Service; questions: undefined } {
  const state = iamState(world);

  const GetCallerIdentity: Handler<Sts.GetCallerIdentityRequest, Sts.GetCallerIdentityResponse> = (
    _input,
    { principal },
  ) => ({
    Account: principal.accountId,
    Arn: principal.arn,
    UserId: principal.userId,
  });

  const AssumeRole: Handler<Sts.AssumeRoleRequest, Sts.AssumeRoleResponse> = (input, context) => {
    checkRequest(world, input);
    const role = assumable(state, input.RoleArn ?? '', context);
    const seconds = input.DurationSeconds ?? 3600;
    const tooLong = 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.';
    refuserOf<keyof typeof STS_REFUSALS>(world)(
      'sts.session-duration',
      seconds > role.maxSessionDuration,
      'ValidationError',
      tooLong,
    );
    const session = openSession(state, role, input.RoleSessionName ?? '', seconds);
    return {
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secret,
        SessionToken: session.token,
        Expiration: new Date(session.expiresAt),
      },
      AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
    };
  };

  return { service: { id: 'sts', handlers: { GetCallerIdentity, AssumeRole } }, questions: undefined };
}

function checkRequest(world: World, input: Sts.AssumeRoleRequest): void {
  const refuse = refuserOf<keyof typeof STS_REFUSALS>(world);
  const { RoleSessionName: name = '', DurationSeconds: seconds = 3600 } = input;
  const wrong = `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`;
  refuse('sts.session-name', !/^[\w+=,.@-]{2,64}$/.test(name), 'ValidationError', wrong);
  const short = `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900`;
  refuse('sts.session-duration', seconds < 900, 'ValidationError', short);
  if (input.Policy === undefined && !input.PolicyArns?.length && !input.Tags?.length) return;
  // They would narrow what the session may do; taken and not obeyed they would be a lie.
  throw new AwsError('NotImplemented', 'The local AWS does not have session policies and session tags', {
    status: 501,
  });
}

/** The role, if the caller may assume it. One answer for every reason, as AWS gives it: it does not tell which roles exist. */
function assumable(state: IamState, roleArn: string, { principal }: CallContext): RoleRow {
  const role = roleByArn(state, roleArn);
  const denied = new AwsError(
    'AccessDenied',
    `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
  );
  if (!role || !isKnown(state, role)) throw denied;
  if (state.world.enforces('sts.assume-role') && !mayAssume(state, role, principal)) throw denied;
  return role;
}

/** The trust policy names the caller, or his account - and then his own policies must allow it too. */
function mayAssume({ world }: IamState, role: RoleRow, principal: Principal): boolean {
  const sources = world.iam.identityPolicies(principal).map((document) => ({ kind: 'identity' as const, document }));
  const own = evaluate(sources, { principal, action: 'sts:AssumeRole', resource: role.arn });
  if (own === 'deny') return false;
  return trusts(role, principal) || (own === 'allow' && trusts(role, principal, true));
}
