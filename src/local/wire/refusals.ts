/** What the wire itself refuses, whichever service is called, by the ids under which a test can switch each rule off. */
export const WIRE_REFUSALS = {
  'wire.access': 'operations that no identity policy of the caller allows (IAM user guide, policy evaluation logic)',
  'wire.body-size':
    'bodies over 70,167,211 bytes for Lambda, 75 MiB for others (localstack/docs#933; the second is local)',
  'wire.clock': 'requests whose date is over 15 minutes off (SigV4, AWS-FACTS 10)',
  'wire.host': 'requests whose Host header is not loopback: a web page could come here by DNS rebinding (DESIGN 4)',
  'wire.key': 'an access key id that does not exist (AWS-FACTS 5)',
  'wire.missing-token': 'unsigned requests to services other than S3',
  'wire.origin': 'requests that a page of another origin makes (DESIGN 4)',
  'wire.payload-hash': 'a body whose SHA-256 is not the one in x-amz-content-sha256',
  'wire.presign-expired': 'a presigned URL after X-Amz-Expires seconds',
  'wire.region-scope':
    'SigV4 where SigV4A is asked for, which is the data API of key value stores alone (aws-sdk-js-v3#5576), and the other way round',
  'wire.required-member': 'inputs that lack a required member (schemas, AWS-FACTS 10)',
  'wire.signature': 'a signature that is not the one recomputed from the request and the secret key',
  'wire.token': 'temporary keys without their session token, or with another',
  'wire.token-expired': 'temporary keys after their expiration',
  'wire.type': 'inputs whose members are not of the type that the schema says',
} as const;

export type WireRefusal = keyof typeof WIRE_REFUSALS;
