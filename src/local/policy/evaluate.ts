/** Decides a request against policies, as IAM does for one account (IAM user guide, "Policy evaluation logic"). Pure. */
import type { PolicyDocument, PolicyStatement, Principal } from '../world.ts';
import { conditionsHold } from './conditions.ts';
import { actionMatch, asList, wildcardMatch } from './match.ts';

export interface AccessRequest {
  principal: Principal;
  /** service:Operation, e.g. `s3:GetObject`. */
  action: string;
  /** ARN, or `*`. */
  resource: string;
  /** Condition keys and their values, e.g. `aws:SourceArn`. Those that the principal implies are added by `evaluate`. */
  context?: Record<string, string>;
}

/** `identity`: attached to the caller, names no principal. `resource`: attached to the resource, must name the caller. */
export type PolicyKind = 'identity' | 'resource';

/** `deny` is explicit and final; `none` means that nothing spoke to it, which is a denial unless another policy allows. */
export type Decision = 'allow' | 'deny' | 'none';

export interface PolicySource {
  kind: PolicyKind;
  /**
   * A statement of a resource policy that allows a whole account only lets that account's identity policies decide, so it
   * allows nobody by itself. `true` counts it all the same (STS asks both policies, each by itself).
   */
  accountGrants?: boolean;
  document: PolicyDocument;
}

/**
 * What the policies together say of a request. Any Deny wins; then any Allow.
 * @throws UnsupportedOperatorError when a statement that would apply has a condition operator that is not evaluated here.
 */
export function evaluate(sources: readonly PolicySource[], request: AccessRequest): Decision {
  const context = { ...impliedContext(request.principal), ...request.context };
  let decision: Decision = 'none';
  for (const source of sources) {
    for (const statement of asList(source.document.Statement)) {
      if (!applies(statement, source, request) || !conditionsHold(statement.Condition, context)) continue;
      if (statement.Effect === 'Deny') return 'deny';
      decision = 'allow';
    }
  }
  return decision;
}

function applies(statement: PolicyStatement, source: PolicySource, request: AccessRequest): boolean {
  return (
    names(statement.Action, statement.NotAction, (pattern) => actionMatch(pattern, request.action)) &&
    resourceApplies(statement, request.resource) &&
    (source.kind === 'identity' || principalApplies(statement, source, request.principal))
  );
}

function names(
  yes: string | string[] | undefined,
  no: string | string[] | undefined,
  test: (pattern: string) => boolean,
) {
  return yes === undefined ? no !== undefined && !asList(no).some(test) : asList(yes).some(test);
}

/** Trust policies have no Resource: the role they are attached to is meant. */
function resourceApplies({ Resource, NotResource }: PolicyStatement, resource: string): boolean {
  if (Resource === undefined && NotResource === undefined) return true;
  return names(Resource, NotResource, (pattern) => wildcardMatch(pattern, resource));
}

function principalApplies(statement: PolicyStatement, source: PolicySource, principal: Principal): boolean {
  if (statement.NotPrincipal !== undefined) return !principalNamed(statement.NotPrincipal, principal, true);
  return principalNamed(statement.Principal, principal, statement.Effect === 'Deny' || source.accountGrants === true);
}

/** Does a Principal element name this caller, by itself or (when `accountNames`) by its account? `*` is everybody, services and the anonymous too. */
function principalNamed(element: unknown, principal: Principal, accountNames: boolean): boolean {
  if (element === '*') return true;
  if (typeof element !== 'object' || element === null) return false;
  const { AWS, Service } = element as Record<string, string | string[]>;
  const names = asList(AWS);
  if (names.includes('*')) return true;
  if (principal.kind === 'service') return asList(Service).includes(principal.arn);
  const own = spellings(principal, accountNames);
  return names.some((name) => own.includes(name));
}

/** Every spelling by which an AWS principal may be named. */
function spellings(principal: Principal, accountNames: boolean): string[] {
  if (principal.kind === 'anonymous') return [];
  const own = principal.roleArn === undefined ? [principal.arn] : [principal.arn, principal.roleArn];
  const account = [principal.accountId, `arn:aws:iam::${principal.accountId}:root`];
  return accountNames && principal.kind !== 'oai' ? [...own, ...account] : own;
}

function impliedContext(principal: Principal): Record<string, string> {
  if (principal.kind === 'anonymous') return { 'aws:PrincipalIsAWSService': 'false' };
  if (principal.kind === 'service') {
    return {
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': principal.arn,
      'aws:SourceAccount': principal.accountId,
      ...(principal.sourceArn ? { 'aws:SourceArn': principal.sourceArn } : {}),
    };
  }
  return {
    'aws:PrincipalIsAWSService': 'false',
    'aws:PrincipalArn': principal.roleArn ?? principal.arn,
    'aws:PrincipalAccount': principal.accountId,
    'aws:userid': principal.userId,
  };
}
