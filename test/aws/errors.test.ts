import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { clientSettings, sharedCredentials } from '../../src/aws/clients.ts';
import { call, isAwsError, toAppError } from '../../src/aws/errors.ts';
import { createAwsPorts } from '../../src/aws/index.ts';
import { Refused } from '../../src/aws/ports/refused.ts';
import { AppError } from '../../src/errors.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const named = (name: string, message = 'says AWS', more = {}) =>
  Object.assign(new Error(message), { name, $metadata: { requestId: 'r-1', httpStatusCode: 400 }, ...more });
const worded = (error: unknown) => toAppError('read the bucket policy of photos', error) as AppError;

describe('names of AWS -> codes', () => {
  test.each([
    ['CredentialsProviderError', 'CREDENTIALS_MISSING', 4],
    ['InvalidClientTokenId', 'CREDENTIALS_INVALID', 4],
    ['UnrecognizedClientException', 'CREDENTIALS_INVALID', 4],
    ['SignatureDoesNotMatch', 'CREDENTIALS_INVALID', 4],
    ['ExpiredToken', 'CREDENTIALS_INVALID', 4],
    ['AccessDenied', 'ACCESS_DENIED', 4],
    ['AccessDeniedException', 'ACCESS_DENIED', 4],
    ['NoSuchBucket', 'BUCKET_MISSING', 3],
    ['PermanentRedirect', 'BUCKET_REGION', 3],
    ['NoSuchDistribution', 'DISTRIBUTION_MISSING', 3],
    ['PreconditionFailed', 'DISTRIBUTION_STALE', 1],
    ['MalformedPolicy', 'POLICY_MALFORMED', 1],
    ['MalformedPolicyDocumentException', 'POLICY_MALFORMED', 1],
    ['BucketAlreadyExists', 'BUCKET_FOREIGN', 4],
    ['ThrottlingException', 'AWS_ERROR', 1],
    ['SomethingNew', 'AWS_ERROR', 1],
  ] as const)('%s -> %s', (name, code, exitCode) => {
    const error = worded(named(name));
    expect(error).toMatchObject({ code, exitCode });
    expect(error.message).toContain('could not read the bucket policy of photos');
    expect(error.why).toBe('says AWS');
  });

  test('a denial names action and resource, and the statement to ask for', () => {
    const message =
      'User: arn:aws:iam::1:user/me is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::photos" because no identity-based policy allows it';
    const error = worded(named('AccessDenied', message));
    expect(error.details).toMatchObject({
      action: 's3:GetBucketPolicy',
      resource: 'arn:aws:s3:::photos',
      requestId: 'r-1',
    });
    expect(error.fix).toContain('{"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"arn:aws:s3:::photos"}');
  });

  test.each(['SlowDown', 'OperationAborted', 'DistributionAlreadyExists', 'EntityAlreadyExistsException'])(
    '%s: the next run goes on',
    (name) => expect(worded(named(name)).fix).toContain('run the command again'),
  );

  test.each([
    [
      'InvalidLambdaFunctionAssociation',
      'Update the IAM policy to add permission: lambda:EnableReplication* for resource: arn:aws:lambda:us-east-1:1:function:f:7 and try again.',
      'ACCESS_DENIED',
      '{"Effect":"Allow","Action":"lambda:EnableReplication*","Resource":"arn:aws:lambda:us-east-1:1:function:f:7"}',
    ],
    [
      'AccessDenied',
      'User: x is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::b" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.',
      'POLICY_CONFLICT',
      'public',
    ],
    [
      'AccessDenied',
      'Your account must be verified before you can add new CloudFront resources. To verify your account, please contact AWS Support',
      'ACCESS_DENIED',
      'AWS Support',
    ],
    [
      'AccessDenied',
      'User: x is not authorized to perform: iam:CreateRole on resource: r with an explicit deny in a service control policy',
      'ACCESS_DENIED',
      'exception',
    ],
  ])('%s, "%s" is %s, and the fix is the one that helps', (name, message, code, fix) => {
    const error = worded(named(name, message));
    expect(error.code).toBe(code);
    expect(error.fix).toContain(fix);
  });

  test('S3 gives some codes as Code only, and HEAD answers nothing but 403', () => {
    expect(isAwsError(Object.assign(new Error('x'), { Code: 'NoSuchBucketPolicy' }), 'NoSuchBucketPolicy')).toBe(true);
    const head = named('Unknown', 'UnknownError', { $metadata: { httpStatusCode: 403 } });
    expect(worded(head).code).toBe('ACCESS_DENIED');
  });

  test('what is understood already passes unchanged', async () => {
    const own = new AppError('NOT_SET_UP', 'x');
    const refused = new Refused('stale', 'x');
    for (const error of [own, refused, named('AbortError')]) expect(toAppError('x', error)).toBe(error);
    await expect(call('x', () => Promise.reject(refused))).rejects.toBe(refused);
    expect(await call('x', async () => 5)).toBe(5);
  });
});

test('the key value store refuses a session token that other services take: where to get one that it takes', async () => {
  const server = createServer((_, response) => {
    const headers = { 'content-type': 'application/json', 'x-amzn-requestid': 'r-1' };
    response.writeHead(403, { ...headers, 'x-amzn-errortype': 'UnrecognizedClientException' });
    response.end('{"message":"The security token included in the request is invalid."}');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const keys = await createAwsPorts({ endpointUrl, env: { ...KEYS, AWS_SESSION_TOKEN: 'v1' } }).signingKeys();
    const store = 'arn:aws:cloudfront::000000000000:key-value-store/11111111-2222-3333-4444-555555555555';
    await expect(keys.read(store)).rejects.toMatchObject({
      code: 'CREDENTIALS_INVALID',
      why: 'The security token included in the request is invalid.',
      fix: expect.stringContaining('AWS_STS_REGIONAL_ENDPOINTS=regional'),
    });
  } finally {
    server.close();
  }
});

describe('endpoints that do not answer', () => {
  const ports = (endpointUrl: string) => createAwsPorts({ endpointUrl, env: KEYS });

  test('a refused port: named, with the way to start the local AWS', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    const identity = await ports(`http://127.0.0.1:${port}`).identity();
    await expect(identity.whoAmI()).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
      message: expect.stringContaining(`127.0.0.1:${port} does not answer`),
      fix: expect.stringContaining('edge-resize dev'),
    });
  });

  test.each([
    ['a page of a proxy', 502, 'text/html', '<html>Bad Gateway</html>', /502 with a web page/],
    ['a page that says yes', 200, 'text/html; charset=utf-8', '<!doctype html>', /200 with a web page/],
    ['a refusal that AWS did not write', 403, 'text/plain', 'Forbidden', /403 with nothing that AWS sends/],
    ['JSON of another server', 200, 'application/json', '{}', /200 with nothing that AWS sends/],
  ])('%s is told from an answer of AWS, whatever the protocol', async (_name, status, type, body, why) => {
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    }).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const aws = ports(`http://${address}`);
    const asked = [
      aws.identity().then((sts) => sts.whoAmI()),
      aws.logs('us-east-1').then((logs) => logs.events({ group: 'g', startTime: 0 })),
      aws.cloudfront().then((cloudfront) => cloudfront.listDistributions()),
      aws.s3('us-east-1').then((s3) => s3.getPolicy('photos', '000000000000')),
    ];
    for (const { reason } of (await Promise.allSettled(asked)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({ code: 'ENDPOINT_NOT_AWS', why: expect.stringMatching(why) });
      expect(reason.message).toContain(`${address} does not answer as AWS does`);
      expect(reason.fix).toContain('--endpoint-url');
    }
    server.close();
  });

  test('another protocol, and TLS where there is none', async () => {
    const server = createTcpServer((socket) => socket.on('error', () => undefined).end('SSH-2.0-OpenSSH_9\r\n'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    for (const scheme of ['http', 'https']) {
      const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const identity = await ports(`${scheme}://${address}`).identity();
      await expect(identity.whoAmI()).rejects.toMatchObject({
        code: 'ENDPOINT_NOT_AWS',
        message: expect.stringContaining(address),
      });
    }
    server.close();
  });

  test('a host that takes the connection and says nothing is given up after three tries', async () => {
    let connections = 0;
    const server = createTcpServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const identity = await createAwsPorts({
      endpointUrl: `http://${address}`,
      env: KEYS,
      socketTimeout: 200,
    }).identity();
    await expect(identity.whoAmI()).rejects.toMatchObject({
      code: 'ENDPOINT_UNREACHABLE',
      message: expect.stringContaining(address),
      why: 'It took the connection, and sent nothing for 0.2 s.',
    });
    expect(connections).toBe(3);
    expect(clientSettings({ region: 'us-east-1', env: {} }).requestHandler.socketTimeout * connections).toBeLessThan(
      60_000,
    );
    server.close();
  });

  test('a certificate that nobody here vouches for: how to name the one of a proxy', () => {
    const fault = Object.assign(new Error('self-signed certificate in certificate chain'), {
      code: 'SELF_SIGNED_CERT_IN_CHAIN',
      endpoint: 'sts.amazonaws.com',
    });
    expect(worded(fault)).toMatchObject({
      code: 'ENDPOINT_NOT_AWS',
      message: expect.stringContaining('certificate of sts.amazonaws.com'),
      fix: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
    });
  });

  test('a host that is not there', () => {
    const error = worded(
      Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.invalid'), {
        code: 'ENOTFOUND',
        hostname: 'nowhere.invalid',
      }),
    );
    expect(error).toMatchObject({ code: 'ENDPOINT_UNREACHABLE', message: expect.stringContaining('nowhere.invalid') });
    expect(error.fix).toContain('--endpoint-url');
  });

  test('attempts on several addresses come as one error', () => {
    const one = Object.assign(new Error('connect ECONNREFUSED ::1:9'), {
      code: 'ECONNREFUSED',
      address: '::1',
      port: 9,
    });
    const error = worded(Object.assign(new AggregateError([one]), { code: 'ECONNREFUSED' }));
    expect(error.message).toContain('[::1]:9 does not answer');
    expect(error.fix).toContain('edge-resize dev');
  });
});

describe('settings of clients', () => {
  test('path style wherever S3 is not AWS', () => {
    const settings = (endpointUrl: string | undefined) =>
      clientSettings({ region: 'eu-west-1', endpointUrl, env: KEYS });
    expect(settings('http://localhost:1')).toMatchObject({ endpoint: 'http://localhost:1', forcePathStyle: true });
    expect(settings(undefined)).not.toHaveProperty('endpoint');
    expect(settings(undefined)).not.toHaveProperty('forcePathStyle');
  });

  test('keys in the environment come before AWS_PROFILE, --profile before both', async () => {
    const env = { ...KEYS, AWS_SESSION_TOKEN: 'token', AWS_PROFILE: 'other' };
    expect(await sharedCredentials({ profile: undefined, env })()).toEqual({
      accessKeyId: 'test',
      secretAccessKey: 'test',
      sessionToken: 'token',
    });
    const missing = sharedCredentials({ profile: 'no-such-profile-here', env })();
    await expect(missing).rejects.toMatchObject({ name: 'CredentialsProviderError' });
  });
});
