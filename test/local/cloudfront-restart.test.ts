import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateInvalidationCommand,
  GetDistributionCommand,
  ListInvalidationsCommand,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { DescribeKeyValueStoreCommand, PutKeyCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { DeleteFunctionCommand, GetFunctionCommand } from '@aws-sdk/client-lambda';
import { expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeDistribution, onOriginResponse, sampleConfig } from './cloudfront-kit.ts';
import { makeFunction } from './lambda-kit.ts';
import { codeOf, configOf, makeStore, makeViewerFunction, SOURCE } from './viewer-kit.ts';

it('functions, replicas, distributions and invalidations outlive a restart on other ports', async () => {
  const data = await mkdtemp(join(tmpdir(), 'local-aws-'));
  try {
    const before = await startTestAws({ data });
    const { name, arn } = await makeFunction(before, { Tags: { a: '1' } });
    const { id } = await makeDistribution(before, onOriginResponse(arn));
    const InvalidationBatch = { CallerReference: 'one', Paths: { Quantity: 1, Items: ['/*'] } };
    await before.clients.cloudfront.send(new CreateInvalidationCommand({ DistributionId: id, InvalidationBatch }));
    const made = [
      await before.clients.lambda.send(new GetFunctionCommand({ FunctionName: name, Qualifier: '1' })),
      await before.clients.cloudfront.send(new GetDistributionCommand({ Id: id })),
      await before.clients.cloudfront.send(new ListInvalidationsCommand({ DistributionId: id })),
    ].map(({ $metadata, ...answer }) => answer);
    await before.close();

    const after = await startTestAws({ data });
    const read = [
      await after.clients.lambda.send(new GetFunctionCommand({ FunctionName: name, Qualifier: '1' })),
      await after.clients.cloudfront.send(new GetDistributionCommand({ Id: id })),
      await after.clients.cloudfront.send(new ListInvalidationsCommand({ DistributionId: id })),
    ].map(({ $metadata, ...answer }) => answer);
    expect(read).toEqual(made);
    const version = after.world.lambda.version(arn);
    expect(after.world.store.getBlob(version?.codeBlob ?? '').byteLength).toBe(version?.codeSize);
    await expect(after.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }))).rejects.toThrow(
      'replicated function',
    );
    expect((await makeDistribution(after, sampleConfig())).id).not.toBe(id);
    await after.close();
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});

it('viewer functions in both stages, stores and their pairs outlive a restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'local-aws-'));
  try {
    const before = await startTestAws({ data });
    const store = await makeStore(before);
    const { keyValues, cloudfront } = before.clients;
    const { ETag: storeEtag } = await keyValues.send(new DescribeKeyValueStoreCommand({ KvsARN: store.arn }));
    const { ETag: IfMatch } = await keyValues.send(
      new PutKeyCommand({ KvsARN: store.arn, Key: 'a/é', Value: '1', IfMatch: storeEtag }),
    );
    const fn = await makeViewerFunction(before, { stores: [store.arn] });
    const next = {
      Name: fn.name,
      IfMatch: fn.etag,
      FunctionConfig: configOf(),
      FunctionCode: codeOf(`${SOURCE} // 2`),
    };
    await cloudfront.send(new UpdateFunctionCommand(next));
    const asked = ({ world }: TestAws) =>
      (['DEVELOPMENT', 'LIVE'] as const).map((stage) => world.cloudfront.viewerFunction?.(fn.arn, stage));
    const made = asked(before);
    expect(made).toMatchObject([{ code: `${SOURCE} // 2` }, { code: SOURCE, keyValueStore: store.arn }]);
    await before.close();

    const after = await startTestAws({ data });
    expect(asked(after)).toEqual(made);
    expect(after.world.cloudfront.keyValues?.(store.arn)?.get('a/é')).toBe('1');
    const put = new PutKeyCommand({ KvsARN: store.arn, Key: 'b', Value: '2', IfMatch });
    expect(await after.clients.keyValues.send(put)).toMatchObject({ ItemCount: 2 });
    await after.close();
  } finally {
    await rm(data, { recursive: true, force: true });
  }
});
