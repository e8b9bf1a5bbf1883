import {
  CreateKeyValueStoreCommand,
  DeleteKeyValueStoreCommand,
  DescribeKeyValueStoreCommand,
  ListKeyValueStoresCommand,
  UpdateKeyValueStoreCommand,
} from '@aws-sdk/client-cloudfront';
import * as data from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { trustOf } from './refusals/iam.ts';
import { makeUser } from './s3-kit.ts';
import { makeStore } from './viewer-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const etagOf = async (KvsARN: string) =>
  (await aws.clients.keyValues.send(new data.DescribeKeyValueStoreCommand({ KvsARN }))).ETag;

async function put(KvsARN: string, Key: string, Value: string) {
  const IfMatch = await etagOf(KvsARN);
  return aws.clients.keyValues.send(new data.PutKeyCommand({ KvsARN, Key, Value, IfMatch }));
}

describe('the pairs of a store', () => {
  it('are put, read, counted, and read by functions', async () => {
    const { arn } = await makeStore(aws);
    const { keyValues } = aws.clients;
    const before = await etagOf(arn);
    const answer = await put(arn, 'key', 'Wert é');
    expect(answer).toMatchObject({ ItemCount: 1, TotalSizeInBytes: 3 + 7 });
    expect(answer.ETag).toMatch(/^KV[A-Z0-9]{12}$/);
    expect(answer.ETag).not.toBe(before);
    expect(await keyValues.send(new data.GetKeyCommand({ KvsARN: arn, Key: 'key' }))).toMatchObject({
      Key: 'key',
      Value: 'Wert é',
      ItemCount: 1,
      TotalSizeInBytes: 10,
    });
    const inFunctions = aws.world.cloudfront.keyValues?.(arn);
    expect([inFunctions?.get('key'), inFunctions?.get('none'), inFunctions?.count()]).toEqual(['Wert é', undefined, 1]);
    expect(await keyValues.send(new data.DescribeKeyValueStoreCommand({ KvsARN: arn }))).toMatchObject({
      KvsARN: arn,
      ItemCount: 1,
      Status: 'READY',
      Created: expect.any(Date),
      LastModified: expect.any(Date),
      ETag: answer.ETag,
    });
  });

  it.each(['a/b', 'a b', 'a%2Fb', '한글', 'a?b=c&d', '..', '+', '__proto__'])('can have the key %s', async (Key) => {
    const { arn: KvsARN } = await makeStore(aws);
    await put(KvsARN, Key, 'v');
    expect(await aws.clients.keyValues.send(new data.GetKeyCommand({ KvsARN, Key }))).toMatchObject({
      Key,
      Value: 'v',
    });
  });

  it('are changed together or not at all', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const { keyValues } = aws.clients;
    await put(KvsARN, 'old', '1');
    const update = async (Puts: [string, string][], Deletes: string[]) =>
      keyValues.send(
        new data.UpdateKeysCommand({
          KvsARN,
          IfMatch: await etagOf(KvsARN),
          Puts: Puts.map(([Key, Value]) => ({ Key, Value })),
          Deletes: Deletes.map((Key) => ({ Key })),
        }),
      );
    await expect(update([['a', '1']], ['none'])).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(aws.world.cloudfront.keyValues?.(KvsARN)?.get('a')).toBeUndefined();
    expect(
      await update(
        [
          ['b', '2'],
          ['a', '1'],
        ],
        ['old'],
      ),
    ).toMatchObject({ ItemCount: 2 });
    const { Items } = await keyValues.send(new data.ListKeysCommand({ KvsARN }));
    expect(Items).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ]);
  });

  it('are deleted; what is not there is not found', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const { keyValues } = aws.clients;
    await put(KvsARN, 'k', 'v');
    const remove = async () =>
      keyValues.send(new data.DeleteKeyCommand({ KvsARN, Key: 'k', IfMatch: await etagOf(KvsARN) }));
    expect(await remove()).toMatchObject({ ItemCount: 0, TotalSizeInBytes: 0 });
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(keyValues.send(new data.GetKeyCommand({ KvsARN, Key: 'k' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: expect.stringContaining('k'),
    });
    const nowhere = KvsARN.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    await expect(etagOf(nowhere)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('are listed in pages of 10', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const Puts = Array.from({ length: 25 }, (_, at) => ({ Key: `k${String(at).padStart(2, '0')}`, Value: 'v' }));
    await aws.clients.keyValues.send(new data.UpdateKeysCommand({ KvsARN, IfMatch: await etagOf(KvsARN), Puts }));
    const pages: number[] = [];
    const keys: (string | undefined)[] = [];
    for await (const { Items = [] } of data.paginateListKeys({ client: aws.clients.keyValues }, { KvsARN })) {
      pages.push(Items.length);
      keys.push(...Items.map((item) => item.Key));
    }
    expect(pages).toEqual([10, 10, 5]);
    expect(keys).toEqual(Puts.map((item) => item.Key));
  });
});

it('a store takes its time to be ready, and its description has an ETag of its own', async () => {
  const clock = { now: Date.now() };
  const local = await startTestAws({ delays: { deploy: 1000 }, now: () => clock.now });
  const { cloudfront } = local.clients;
  const { KeyValueStore, ETag: IfMatch } = await cloudfront.send(
    new CreateKeyValueStoreCommand({ Name: 's', Comment: 'first', Tags: { Items: [{ Key: 'a', Value: '1' }] } }),
  );
  const arn = KeyValueStore?.ARN ?? '';
  expect(KeyValueStore).toMatchObject({ Name: 's', Comment: 'first', Status: 'PROVISIONING', Id: arn.split('/')[1] });
  expect(local.world.cloudfront.keyValues?.(arn)).toBeUndefined();
  clock.now += 1000;
  expect(local.world.cloudfront.keyValues?.(arn)?.count()).toBe(0);
  const described = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name: 's' }));
  expect(described).toMatchObject({ ETag: IfMatch, KeyValueStore: { Status: 'READY' } });
  const list = (Status: string) => cloudfront.send(new ListKeyValueStoresCommand({ Status }));
  expect((await list('READY')).KeyValueStoreList?.Items).toMatchObject([{ Name: 's' }]);
  expect((await list('PROVISIONING')).KeyValueStoreList).toMatchObject({ Quantity: 0 });

  const updated = await cloudfront.send(new UpdateKeyValueStoreCommand({ Name: 's', Comment: 'second', IfMatch }));
  expect(updated.KeyValueStore?.Comment).toBe('second');
  const remove = (etag?: string) => cloudfront.send(new DeleteKeyValueStoreCommand({ Name: 's', IfMatch: etag }));
  await expect(remove(IfMatch)).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await remove(updated.ETag);
  await expect(remove(updated.ETag)).rejects.toMatchObject({ name: 'EntityNotFound' });
  expect(local.world.cloudfront.keyValues?.(arn)).toBeUndefined();
  await local.close();
});

it('does not import from S3, and says so', async () => {
  const ImportSource = { SourceType: 'S3' as const, SourceARN: 'arn:aws:s3:::b/k' };
  await expect(
    aws.clients.cloudfront.send(new CreateKeyValueStoreCommand({ Name: 'imported', ImportSource })),
  ).rejects.toMatchObject({ name: 'UnsupportedOperation', message: expect.stringContaining('does not import') });
});

describe('who may', () => {
  it('a signature of another secret, or of another request, is refused', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const describeStore = new data.DescribeKeyValueStoreCommand({ KvsARN });
    const liar = aws.clientsFor({ accessKeyId: 'test', secretAccessKey: 'tesT' }).keyValues;
    await expect(liar.send(describeStore)).rejects.toMatchObject({ name: 'InvalidSignatureException' });

    const altered = aws.clientsFor(aws.credentials).keyValues;
    altered.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { headers: Record<string, string> };
        request.headers['amz-sdk-request'] = 'attempt=2; max=1';
        return next(args);
      },
      // After the signature was made.
      { step: 'finalizeRequest', priority: 'low' },
    );
    await expect(altered.send(describeStore)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
  });

  it('a body that was changed on its way is refused', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const client = aws.clientsFor(aws.credentials).keyValues;
    client.middlewareStack.add(
      (next) => (args) => {
        const request = args.request as { body: Uint8Array | string };
        request.body = Buffer.from(request.body).toString().replace('honest', 'forged');
        return next(args);
      },
      { step: 'finalizeRequest', priority: 'low' },
    );
    const put = new data.PutKeyCommand({ KvsARN, Key: 'k', Value: 'honest', IfMatch: await etagOf(KvsARN) });
    await expect(client.send(put)).rejects.toMatchObject({ name: 'InvalidSignatureException' });
    expect(aws.world.cloudfront.keyValues?.(KvsARN)?.count()).toBe(0);
  });

  it('policies decide, by the ARN of the store', async () => {
    const [mine, other] = [await makeStore(aws), await makeStore(aws)];
    await put(mine.arn, 'k', 'v');
    const reader = await makeUser(
      aws,
      { Effect: 'Allow', Action: 'cloudfront-keyvaluestore:GetKey', Resource: mine.arn },
      { Effect: 'Allow', Action: 'cloudfront:DescribeKeyValueStore', Resource: mine.arn },
    );
    const get = (KvsARN: string) => reader.keyValues.send(new data.GetKeyCommand({ KvsARN, Key: 'k' }));
    expect(await get(mine.arn)).toMatchObject({ Value: 'v' });
    await expect(get(other.arn)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`cloudfront-keyvaluestore:GetKey on resource: ${other.arn}`),
    });
    const describeStore = (Name: string) => reader.cloudfront.send(new DescribeKeyValueStoreCommand({ Name }));
    expect(await describeStore(mine.name)).toMatchObject({ KeyValueStore: { ARN: mine.arn } });
    await expect(describeStore(other.name)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('a role of temporary keys signs with its session token', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const { iam } = aws.clients;
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: 'kvs', AssumeRolePolicyDocument: trustOf({ AWS: aws.world.account }) }),
    );
    const Statement = { Effect: 'Allow', Action: 'cloudfront-keyvaluestore:*', Resource: '*' };
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'kvs', PolicyName: 'p', PolicyDocument }));
    const RoleArn = Role?.Arn;
    const { Credentials } = await aws.clients.sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }));
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
    const ask = new data.DescribeKeyValueStoreCommand({ KvsARN });
    expect(await aws.clientsFor({ ...keys, sessionToken: SessionToken }).keyValues.send(ask)).toMatchObject({ KvsARN });
    await expect(aws.clientsFor(keys).keyValues.send(ask)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });
});
