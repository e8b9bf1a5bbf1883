import { CreateGroupCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { HeadObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsError } from '../../../src/local/wire/service.ts';
import { type Echo, startEcho } from './echo.ts';
import { send, sign } from './send.ts';

let echo: Echo;
const failure: { error: Error } = { error: new Error('none') };

beforeAll(async () => {
  const fail = () => {
    throw failure.error;
  };
  echo = await startEcho({
    s3: { GetObject: fail, HeadObject: fail },
    cloudfront: { GetDistribution: fail, CreateDistribution: fail },
    lambda: { GetFunction: fail },
    logs: { FilterLogEvents: fail },
  });
});
afterAll(() => echo.close());

const get = (service: string, path: string) => send(echo.endpoint, sign(echo.endpoint, { path }, { service }));

it('sends errors as each protocol has them', async () => {
  failure.error = new AwsError('NoSuchKey', 'a < b', { fields: { Key: 'k' } });
  const s3 = await get('s3', '/bucket/k');
  expect(s3.status).toBe(404);
  expect(s3.text).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>a &lt; b<\/Message><Key>k<\/Key><RequestId>[0-9A-F]{16}<\/RequestId><HostId>/,
  );
  expect(s3.headers['x-amz-request-id']).toMatch(/^[0-9A-F]{16}$/);

  failure.error = new AwsError('NoSuchDistribution', 'The specified distribution does not exist.');
  const cloudfront = await get('cloudfront', '/2020-05-31/distribution/E1');
  expect(cloudfront.status).toBe(404);
  expect(cloudfront.text).toContain(
    '<ErrorResponse xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Error><Type>Sender</Type><Code>NoSuchDistribution</Code>',
  );

  failure.error = new AwsError('ResourceNotFoundException', 'Function not found');
  const lambda = await get('lambda', '/2015-03-31/functions/f');
  expect(lambda).toMatchObject({ status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' } });
  expect(JSON.parse(lambda.text)).toEqual({ Type: 'User', Message: 'Function not found' });

  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' };
  const logs = await send(
    echo.endpoint,
    sign(echo.endpoint, { method: 'POST', path: '/', headers, body: '{}' }, { service: 'logs' }),
  );
  expect(logs.status).toBe(400);
  expect(JSON.parse(logs.text)).toEqual({ __type: 'ResourceNotFoundException', message: 'Function not found' });
});

it('answers HEAD and 304 without a body', async () => {
  failure.error = new AwsError('NotFound', '', { status: 404 });
  await expect(new S3Client(echo.client).send(new HeadObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
    name: 'NotFound',
  });
  failure.error = new AwsError('NotModified', '', { status: 304, headers: { etag: '"e"' } });
  expect(await get('s3', '/bucket/k')).toMatchObject({ status: 304, text: '', headers: { etag: '"e"' } });
});

it('says which operation, service or path it does not have', async () => {
  const iam = new IAMClient(echo.client);
  await expect(iam.send(new CreateGroupCommand({ GroupName: 'g' }))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'The local AWS does not have iam:CreateGroup',
    $metadata: { httpStatusCode: 501 },
  });
  expect(await get('ec2', '/')).toMatchObject({ status: 501, code: 'NotImplemented' });
  expect((await get('ec2', '/')).text).toContain('does not have the service ec2');
  expect(await send(echo.endpoint, { path: '/_local/nothing' })).toMatchObject({ status: 404 });
});

it('names missing members by their path, in XML too', async () => {
  const body =
    '<DistributionConfig xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><CallerReference>a</CallerReference><Comment/><Enabled>true</Enabled><Origins><Quantity>1</Quantity><Items><Origin><Id>o</Id></Origin></Items></Origins></DistributionConfig>';
  const post = (text: string) =>
    send(
      echo.endpoint,
      sign(echo.endpoint, { method: 'POST', path: '/2020-05-31/distribution', body: text }, { service: 'cloudfront' }),
    );
  const response = await post(body);
  expect(response).toMatchObject({ status: 400, code: 'MalformedXML' });
  expect(response.text).toContain("Value null at 'distributionConfig.origins.items.1.member.domainName'");
  expect(response.text).toContain("Value null at 'distributionConfig.defaultCacheBehavior'");
  expect(await post('<DistributionConfig><Enabled>')).toMatchObject({ status: 400, code: 'MalformedXML' });
  expect(await post(body.replace('<Quantity>1<', '<Quantity>one<'))).toMatchObject({
    status: 400,
    code: 'MalformedInput',
  });
});

it('turns a defect into a 500 of the service and lives on', async () => {
  failure.error = new TypeError('undefined is not a function');
  const response = await get('s3', '/bucket/k');
  expect(response).toMatchObject({ status: 500, code: 'InternalError' });
  expect(response.text).toContain('undefined is not a function');
});

it('keeps a log of the calls, and clears it', async () => {
  await send(echo.endpoint, { method: 'DELETE', path: '/_local/requests' });
  await new IAMClient(echo.client).send(new GetRoleCommand({ RoleName: 'none' })).catch(() => undefined);
  await new IAMClient(echo.client).send(new CreateGroupCommand({ GroupName: 'g' })).catch(() => undefined);
  const log = JSON.parse((await send(echo.endpoint, { path: '/_local/requests' })).text);
  expect(log).toEqual([
    {
      time: expect.any(Number),
      service: 'iam',
      operation: 'GetRole',
      region: 'eu-west-1',
      write: false,
      status: 404,
      error: 'NoSuchEntity',
      resource: 'arn:aws:iam::000000000000:role/none',
    },
    expect.objectContaining({ operation: 'CreateGroup', write: true, status: 501, error: 'NotImplemented' }),
  ]);
  expect(JSON.parse((await send(echo.endpoint, { path: '/_local/info' })).text)).toEqual({
    aws: echo.endpoint,
    cdn: 'http://127.0.0.1:1',
    account: '000000000000',
  });
});

it('answers loopback names only, and no page of another origin', async () => {
  const info = (headers: Record<string, string>) => send(echo.endpoint, { path: '/_local/info', headers });
  for (const host of ['localhost', 'bucket.localhost:80', '127.0.0.1:1', '[::1]:1'])
    expect(await info({ host })).toMatchObject({ status: 200 });
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example'])
    expect(await info({ host })).toMatchObject({ status: 403 });
  expect(await info({ host: 'localhost:1', origin: 'http://localhost:1' })).toMatchObject({ status: 200 });
  expect(await info({ host: 'localhost:1', origin: 'http://localhost:2' })).toMatchObject({ status: 403 });
  expect(await info({ host: 'localhost:1', origin: 'null' })).toMatchObject({ status: 403 });
});
