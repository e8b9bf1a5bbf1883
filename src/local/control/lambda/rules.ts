/** What Lambda refuses here. That a thing which is named does not exist is no rule: it cannot be switched off. */
export const LAMBDA_REFUSALS = {
  'lambda.function-name': 'a function name that is not 1-64 letters, digits, - and _ (API reference)',
  'lambda.role-arn': 'a role that is no role ARN (AWS-FACTS 10)',
  'lambda.role-assumable': 'a role that lambda.amazonaws.com cannot assume, or not yet (AWS-FACTS 6)',
  'lambda.function-exists': 'a second function of one name (AWS-FACTS 7)',
  'lambda.handler-required': 'a zip without Runtime or Handler',
  'lambda.runtime-known': 'a runtime that Lambda does not know (AWS-FACTS 10)',
  'lambda.runtime-blocked': 'creating or updating with a runtime past its end (AWS-FACTS 1.4)',
  'lambda.memory-range': 'memory outside 128-10240 MB (AWS-FACTS 1.1)',
  'lambda.timeout-range': 'a timeout outside 1-900 seconds',
  'lambda.zip-readable': 'a zip that cannot be unpacked (AWS-FACTS 10)',
  'lambda.zip-size': 'a zip over 50 MB uploaded directly (AWS-FACTS 7, 10)',
  'lambda.unzipped-size': 'a zip that unpacks to more than 250 MB (AWS-FACTS 7)',
  'lambda.other-region': "another region's function (AWS-FACTS 10)",
  'lambda.qualifier-mismatch': 'a name and a Qualifier that name different versions',
  'lambda.pending': 'changing a function that is Pending (AWS-FACTS 7)',
  'lambda.update-in-progress': 'changing a function while an update is in progress (AWS-FACTS 7)',
  'lambda.revision-id': 'a RevisionId that is not the latest (AWS-FACTS 10)',
  'lambda.code-sha256': 'publishing with a CodeSha256 that is not that of $LATEST (AWS-FACTS 10)',
  'lambda.delete-latest': 'deleting $LATEST alone (AWS-FACTS 10)',
  'lambda.replicated': 'deleting a version that has replicas (AWS-FACTS 2)',
  'lambda.master-region-all': 'listing replicas without FunctionVersion ALL (AWS-FACTS 2)',
  'lambda.tag-resource': 'tags on a version or alias',
} as const;

export type LambdaRefusal = keyof typeof LAMBDA_REFUSALS;
