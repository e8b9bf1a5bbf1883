/** What to do about a refusal for want of permission, from the words that AWS refuses with. */

export interface Refusal {
  code: 'ACCESS_DENIED' | 'POLICY_CONFLICT';
  fix: string;
  /** What was refused, as far as the message says. */
  action?: string;
  resource?: string;
}

/** Two ways of saying it: "is not authorized to perform: A on resource: R", "add permission: A for resource: R". */
const ACTION = /(?:perform|add permission):? ([\w-]+:[\w*]+)/;
const RESOURCE = /(?:on|for) resource: "?([^\s"]+)/;

/** CloudFront words a missing lambda:GetFunction or lambda:EnableReplication* as a fault of the association. */
export function asksForPermission(message: string | undefined): boolean {
  return /update the IAM policy to add permission/i.test(message ?? '');
}

export function explainDenial(message = ''): Refusal {
  const action = ACTION.exec(message)?.[1];
  const resource = RESOURCE.exec(message)?.[1];
  return { ...verdict(message, action, resource), ...(action && { action }), ...(resource && { resource }) };
}

function verdict(message: string, action?: string, resource?: string): Refusal {
  const denied = (fix: string): Refusal => ({ code: 'ACCESS_DENIED', fix });
  if (/BlockPublicPolicy/.test(message)) {
    const fix =
      'a statement that is in the policy already is public, and S3 takes no such policy any more: remove it (aws s3api get-bucket-policy), then run the command again';
    return { code: 'POLICY_CONFLICT', fix };
  }
  if (/account must be verified/i.test(message)) {
    return denied(
      'ask AWS Support to verify the account (https://console.aws.amazon.com/support/home), with this message',
    );
  }
  // No statement that allows it helps against one that denies it.
  if (/explicit deny/i.test(message))
    return denied('ask who keeps that policy for an exception, or pass another --profile');
  if (!action) return denied('ask for the permission, or pass another --profile');
  const statement = JSON.stringify({ Effect: 'Allow', Action: action, Resource: resource ?? '*' });
  return denied(`ask for this statement in the policy of the user or role: ${statement}`);
}
