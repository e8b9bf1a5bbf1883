/** May a function's role write its log? Without the permission AWS keeps silent: no lines, no error (AWS-FACTS 5, 6). */
import { evaluate } from '../policy/evaluate.ts';
import type { Principal, World } from '../world.ts';

// CreateLogGroup matters only while a region has no group yet; that is not looked at here.
const NEEDED = ['logs:CreateLogStream', 'logs:PutLogEvents'];

export function mayLog(
  world: World,
  principal: Principal,
  { region, group, stream }: { region: string; group: string; stream: string },
): boolean {
  if (!world.enforces('runtime.log-permission')) return true;
  const sources = world.iam.identityPolicies(principal).map((document) => ({ kind: 'identity' as const, document }));
  const resource = `arn:aws:logs:${region}:${world.account}:log-group:${group}:log-stream:${stream}`;
  return NEEDED.every((action) => evaluate(sources, { principal, action, resource }) === 'allow');
}
