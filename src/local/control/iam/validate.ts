/** The checks that IAM makes of names, paths, tags and documents, in its words. */
import type { Tag } from '@aws-sdk/client-iam';
import { asList } from '../../policy/match.ts';
import { awsPrincipals, parsePolicy } from '../../policy/parse.ts';
import type { PolicyDocument } from '../../world.ts';
import type { IamState } from './state.ts';

const TRUST_LIMIT = 2048;
const INLINE_LIMIT = 10_240;
const MANAGED_LIMIT = 6144;

/** @param field as in the API, e.g. `roleName` */
export function checkName({ refuse }: IamState, field: string, name: string, most = 64): void {
  const wrong = `The specified value for ${field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`;
  refuse('iam.name', !/^[\w+=,.@-]+$/.test(name), 'ValidationError', wrong);
  const long = `1 validation error detected: Value '${name}' at '${field}' failed to satisfy constraint: Member must have length less than or equal to ${most}`;
  refuse('iam.name', name.length > most, 'ValidationError', long);
}

export function checkPath({ refuse }: IamState, path: string): void {
  const wrong =
    'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.';
  refuse('iam.path', !/^\/([!-~]*\/)?$/.test(path) || path.length > 512, 'ValidationError', wrong);
}

export function checkTags({ refuse }: IamState, tags: Tag[]): void {
  const many = `1 validation error detected: Value '${tags.length} tags' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50`;
  refuse('iam.tag-count', tags.length > 50, 'ValidationError', many);
}

/** Seconds. */
export function checkSessionDuration({ refuse }: IamState, seconds: number): void {
  const message = `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value ${seconds < 3600 ? 'greater than or equal to 3600' : 'less than or equal to 43200'}`;
  refuse('iam.session-duration', seconds < 3600 || seconds > 43_200, 'ValidationError', message);
}

/** Tags by key: later ones replace earlier ones. */
export function mergeTags(tags: Tag[], more: Tag[]): Tag[] {
  return [...new Map([...tags, ...more].map((tag) => [tag.Key, { Key: tag.Key, Value: tag.Value ?? '' }])).values()];
}

export function checkTrust(state: IamState, text: string): void {
  checkDocument(state, text, 'trust');
  const quota = `Cannot exceed quota for ACLSizePerRole: ${TRUST_LIMIT}`;
  state.refuse('iam.policy-size', sizeOf(text) > TRUST_LIMIT, 'LimitExceeded', quota);
  const parsed = parsePolicy(text, 'trust');
  if (!('document' in parsed)) return;
  const stranger = strangerIn(state, parsed.document);
  state.refuse(
    'iam.trust-principal',
    stranger !== undefined,
    'MalformedPolicyDocument',
    `Invalid principal in policy: ${stranger}`,
  );
}

/** @param owner `role NAME` or `user NAME` */
export function checkInline(state: IamState, text: string, owner: string): void {
  checkDocument(state, text, 'identity');
  const message = `Maximum policy size of ${INLINE_LIMIT} bytes exceeded for ${owner}`;
  state.refuse('iam.policy-size', sizeOf(text) > INLINE_LIMIT, 'LimitExceeded', message);
}

export function checkManaged(state: IamState, text: string): void {
  checkDocument(state, text, 'identity');
  const message = `Cannot exceed quota for PolicySize: ${MANAGED_LIMIT}`;
  state.refuse('iam.policy-size', sizeOf(text) > MANAGED_LIMIT, 'LimitExceeded', message);
}

function checkDocument({ refuse }: IamState, text: string, use: 'trust' | 'identity'): void {
  const parsed = parsePolicy(text, use);
  const problem = 'problem' in parsed ? parsed.problem : '';
  refuse('iam.policy-document', problem !== '', 'MalformedPolicyDocument', problem);
}

/** IAM does not count white space (quotas page). */
const sizeOf = (text: string): number => text.replace(/\s/g, '').length;

/** The first principal that is not there, written as IAM's message writes it. A role must be older than its propagation. */
function strangerIn({ world }: IamState, document: PolicyDocument): string | undefined {
  const missing = awsPrincipals(document).find((arn) => !world.iam.principalExists(arn));
  if (missing !== undefined) return `"AWS":"${missing}"`;
  const services = asList(document.Statement).flatMap(({ Principal }) =>
    asList((Principal as Record<string, string[]> | undefined)?.Service),
  );
  const odd = services.find((name) => !/^[a-z0-9.-]+\.amazonaws\.com$/.test(name));
  return odd === undefined ? undefined : `"SERVICE":"${odd}"`;
}
