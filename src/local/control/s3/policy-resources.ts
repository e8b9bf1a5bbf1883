/** Do the resources of a bucket policy belong to the bucket, and do its actions fit them? Pure. */
import { asList, wildcardMatch } from '../../policy/match.ts';
import type { PolicyDocument, PolicyStatement } from '../../world.ts';

const ARN = 'arn:aws:s3:::';

/** The words with which S3 says MalformedPolicy, or undefined. */
export function resourceProblem(policy: PolicyDocument, bucket: string): string | undefined {
  const statements = asList(policy.Statement);
  if (!statements.every((statement) => resourcesOf(statement).every((arn) => isOf(arn, bucket)))) {
    return 'Policy has invalid resource';
  }
  const fits = statements.every((statement) => asList(statement.Action).every((action) => applies(action, statement)));
  return fits ? undefined : 'Action does not apply to any resource(s) in statement';
}

const resourcesOf = ({ Resource, NotResource }: PolicyStatement): string[] => asList(Resource ?? NotResource);

/** The bucket's part of the ARN names this bucket; it may end in a wildcard, but be none by itself (INF). */
function isOf(arn: string, bucket: string): boolean {
  const [name = ''] = arn.slice(ARN.length).split('/');
  return arn.startsWith(ARN) && name !== '*' && wildcardMatch(name, bucket);
}

/** An action on objects needs a resource with objects in it, one on the bucket the bucket itself; `s3:Get*` may be either. */
function applies(action: string, statement: PolicyStatement): boolean {
  if (statement.Resource === undefined || /[*?]/.test(action)) return true;
  const onObjects = isObjectAction(action);
  return asList(statement.Resource).some((arn) => {
    const path = arn.slice(ARN.length);
    return path.endsWith('*') && !path.includes('/') ? true : path.includes('/') === onObjects;
  });
}

const isObjectAction = (action: string): boolean =>
  !/bucket/i.test(action) && /object|abortmultipartupload|listmultipartuploadparts/i.test(action);
