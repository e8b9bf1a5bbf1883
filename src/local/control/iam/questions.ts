/** What other services ask IAM: whose key this is, who may assume a role, which policies somebody has. */
import { evaluate } from '../../policy/evaluate.ts';
import { AwsError } from '../../wire/service.ts';
import type { Credential, IamWorld, PolicyDocument, Principal } from '../../world.ts';
import { findPolicy } from './managed.ts';
import { openSession } from './sessions.ts';
import type { Entity, IamState, RoleRow, SessionRow } from './state.ts';

/** The key of the one administrator, by the convention of local AWS tools. */
const ADMINISTRATOR_KEY = 'test';
const EVERYTHING: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

export function iamQuestions(state: IamState): IamWorld {
  const { world, keys, users, sessions } = state;
  const cannotAssume: IamWorld['cannotAssume'] = (roleArn, service) => {
    const role = roleByArn(state, roleArn);
    if (!role) return 'missing';
    if (!isKnown(state, role)) return 'propagating';
    return trusts(role, servicePrincipal(service, world.account)) ? undefined : 'untrusted';
  };
  return {
    credential(accessKeyId) {
      if (accessKeyId === ADMINISTRATOR_KEY) return administrator(world.account);
      const session = sessions.get(accessKeyId);
      if (session) return sessionCredential(session, world.account);
      const key = keys.get(accessKeyId);
      const user = key && users.get(key.userName);
      return user && { accessKeyId, secretAccessKey: key.secret, principal: userPrincipal(user, world.account) };
    },
    principalExists: (arn) => principalExists(state, arn),
    cannotAssume,
    assumeRoleFor(roleArn, service, sessionName) {
      const role = roleByArn(state, roleArn);
      if (!role || cannotAssume(roleArn, service) !== undefined) {
        throw new AwsError(
          'AccessDenied',
          `${service} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        );
      }
      return sessionCredential(openSession(state, role, sessionName, role.maxSessionDuration), world.account);
    },
    identityPolicies: (principal) => identityPolicies(state, principal),
  };
}

export const roleByArn = ({ roles }: IamState, arn: string): RoleRow | undefined =>
  roles.values().find((role) => role.arn === arn);

/** Has the word of a new role or user got round yet? */
export const isKnown = ({ world }: IamState, { createdAt }: Entity): boolean =>
  !world.enforces('iam.role-propagation') || world.now() >= createdAt + world.delays.role;

/** Does a role's trust policy let this principal assume it, by itself? (A grant to a whole account is asked by `accountGrants`.) */
export function trusts(role: RoleRow, principal: Principal, accountGrants = false): boolean {
  const document = JSON.parse(role.trust) as PolicyDocument;
  const request = { principal, action: 'sts:AssumeRole', resource: role.arn };
  return evaluate([{ kind: 'resource', document, accountGrants }], request) === 'allow';
}

export function sessionCredential(session: SessionRow, accountId: string): Credential {
  const { accessKeyId, secret, token, expiresAt, userId, arn, roleArn } = session;
  const principal: Principal = { kind: 'assumed-role', arn, accountId, userId, roleArn };
  return { accessKeyId, secretAccessKey: secret, sessionToken: token, expiresAt, principal };
}

function administrator(account: string): Credential {
  const arn = `arn:aws:iam::${account}:user/admin`;
  const principal: Principal = {
    kind: 'user',
    arn,
    accountId: account,
    userId: 'AIDALOCALADMINISTRATOR',
    administrator: true,
  };
  return { accessKeyId: ADMINISTRATOR_KEY, secretAccessKey: 'test', principal };
}

const userPrincipal = (user: Entity, accountId: string): Principal => ({
  kind: 'user',
  arn: user.arn,
  accountId,
  userId: user.id,
});

const servicePrincipal = (name: string, accountId: string): Principal => ({
  kind: 'service',
  arn: name,
  accountId,
  userId: name,
});

function principalExists(state: IamState, name: string): boolean {
  if (/^\d{12}$/.test(name)) return true;
  const identity = /^arn:aws:iam::cloudfront:user\/CloudFront Origin Access Identity (\w+)$/.exec(name)?.[1];
  if (identity !== undefined) return state.world.cloudfront.identityExists(identity);
  const [, account, resource = ''] = /^arn:aws:(?:iam|sts)::(\d{12}):(.+)$/.exec(name) ?? [];
  if (account === undefined) return ownEntities(state).some((entity) => entity.id === name);
  // Of other accounts nothing is known here, so nothing is refused.
  if (resource === 'root' || account !== state.world.account) return true;
  if (name === administrator(account).principal.arn) return true;
  const assumed = /^assumed-role\/([^/]+)\/[^/]+$/.exec(resource)?.[1];
  return ownEntities(state).some(
    (entity) =>
      isKnown(state, entity) &&
      (assumed === undefined ? entity.arn === name : entity.name === assumed && 'trust' in entity),
  );
}

const ownEntities = ({ roles, users }: IamState): Entity[] => [...roles.values(), ...users.values()];

function identityPolicies(state: IamState, principal: Principal): PolicyDocument[] {
  if (principal.administrator) return [EVERYTHING];
  const arn = principal.roleArn ?? principal.arn;
  const entity = ownEntities(state).find((candidate) => candidate.arn === arn);
  // Credentials of a role outlive it, but not as anybody: the id tells that a role of the same name is another one.
  if (!entity || principal.userId.split(':')[0] !== entity.id) return [];
  const attached = entity.attached.flatMap((policy) => findPolicy(state, policy)?.document ?? []);
  return [...Object.values(entity.inline), ...attached].map((text) => JSON.parse(text) as PolicyDocument);
}
