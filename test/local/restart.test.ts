/** A folder keeps everything: on other ports the site serves on, with its function, its policies, keys and logs. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateAccessKeyCommand, CreateUserCommand } from '@aws-sdk/client-iam';
import { PublishVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterEach, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { FUNCTION, makeSite, zipOf } from './edge/site.ts';

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

const naming = (build: string) => `exports.handler = async (event) => {
  const { request, response } = event.Records[0].cf;
  console.log('made', request.querystring);
  return { ...response, body: '${build} ' + request.querystring };
};`;

async function keyOfSomebody({ clients: { iam } }: TestAws) {
  await iam.send(new CreateUserCommand({ UserName: 'somebody' }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'somebody' }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

test('after a restart all of it is there and works', async () => {
  const data = await mkdtemp(join(tmpdir(), 'edge-resize-test-'));
  ending.push(() => rm(data, { recursive: true, force: true }));
  const before = await startTestAws({ data });
  const site = await makeSite(before, { handler: naming('one') });
  const key = await keyOfSomebody(before);
  expect(await (await site.get('/a.jpg?d=1x1')).text()).toBe('one d=1x1');
  const logged = await site.log('us-east-1');
  await before.close();

  const after = await startTestAws({ data });
  ending.push(() => after.close());
  const again = async (path: string) => (await fetch(after.cdn + path)).text();
  expect(await again('/a.jpg?d=1x1')).toBe('one d=1x1');
  // The cache policy keys on d alone, as before.
  expect(await again('/a.jpg?d=2x2&other=1')).toBe('one d=2x2');
  expect((await fetch(`${after.cdn}/a.jpg?d=2x2&other=2`)).headers.get('x-cache')).toMatch(/^Hit/);
  const { Arn } = await after.clientsFor(key).sts.send(new GetCallerIdentityCommand({}));
  expect(Arn).toBe('arn:aws:iam::000000000000:user/somebody');
  const { events = [] } = await after.clients
    .logs('us-east-1')
    .send(new FilterLogEventsCommand({ logGroupName: `/aws/lambda/us-east-1.${FUNCTION}` }));
  expect(events.map(({ message }) => message).slice(0, logged.length)).toEqual(logged);
  expect(events.length).toBeGreaterThan(logged.length);
});

test('a new version serves when its deployment ended, and not before', async () => {
  let now = Date.now();
  const aws = await startTestAws({ now: () => now, delays: { deploy: 5000 } });
  ending.push(() => aws.close());
  const site = await makeSite(aws, { handler: naming('one') });
  now += 5001;
  expect(await (await site.get('/a.jpg?d=1x1')).text()).toBe('one d=1x1');
  const { lambda } = aws.clients;
  await lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName: FUNCTION, ZipFile: await zipOf({ 'index.js': naming('two') }) }),
  );
  const { FunctionArn } = await lambda.send(new PublishVersionCommand({ FunctionName: FUNCTION }));
  await site.change(({ DefaultCacheBehavior }) => {
    const [association] = DefaultCacheBehavior?.LambdaFunctionAssociations?.Items ?? [];
    if (association) association.LambdaFunctionARN = FunctionArn;
  });
  expect(await (await site.get('/a.jpg?d=2x2')).text()).toBe('one d=2x2');
  now += 5001;
  expect(await (await site.get('/a.jpg?d=3x3')).text()).toBe('two d=3x3');
  // What the edges hold stays what the old version made, until it is invalidated.
  expect(await (await site.get('/a.jpg?d=1x1')).text()).toBe('one d=1x1');
});
