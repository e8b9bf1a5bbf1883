/** What the data API of key value stores refuses. */
import { DescribeKeyValueStoreCommand as DescribeStoreCommand } from '@aws-sdk/client-cloudfront';
import {
  DescribeKeyValueStoreCommand,
  GetKeyCommand,
  ListKeysCommand,
  PutKeyCommand,
  UpdateKeysCommand,
} from '@aws-sdk/client-cloudfront-keyvaluestore';
import type { TestAws } from '../../builders/local-aws.ts';
import { makeStore } from '../viewer-kit.ts';
import type { RefusalRow } from './row.ts';

type Pair = { Key: string; Value: string };

/** Puts the pairs by one update into a store. */
async function update({ clients: { keyValues } }: TestAws, KvsARN: string, Puts: Pair[]) {
  const { ETag: IfMatch } = await keyValues.send(new DescribeKeyValueStoreCommand({ KvsARN }));
  return keyValues.send(new UpdateKeysCommand({ KvsARN, IfMatch, Puts }));
}

const putting = (id: string, message: RegExp, ...pairs: Pair[]): RefusalRow => ({
  id,
  error: 'ValidationException',
  message,
  provoke: async (aws) => update(aws, (await makeStore(aws)).arn, pairs),
});

const pairs = (count: number, prefix = 'k'): Pair[] =>
  Array.from({ length: count }, (_, at) => ({ Key: `${prefix}${at}`, Value: 'v' }));

export const rows: RefusalRow[] = [
  {
    id: 'key-values.etag',
    error: 'ConflictException',
    message: /Pre-Condition failed/,
    async provoke(aws) {
      const { arn: KvsARN, name } = await makeStore(aws);
      const { ETag: IfMatch } = await aws.clients.cloudfront.send(new DescribeStoreCommand({ Name: name }));
      await aws.clients.keyValues.send(new PutKeyCommand({ KvsARN, Key: 'k', Value: 'v', IfMatch }));
    },
  },
  {
    id: 'key-values.ready',
    error: 'ConflictException',
    message: /not in expected state/,
    async provoke(aws) {
      const { arn: KvsARN } = await makeStore(aws);
      const { now } = aws.world;
      // One second before the store was made it was not ready either.
      aws.world.now = () => now() - 1000;
      await aws.clients.keyValues.send(new GetKeyCommand({ KvsARN, Key: 'k' })).catch(unlessMissing);
    },
  },
  putting('key-values.update-keys', /At most 50 keys/, ...pairs(51)),
  putting('key-values.update-size', /An update can have/, { Key: 'k', Value: 'v'.repeat(3 * 1024 * 1024) }),
  putting('key-values.update-twice', /only once/, { Key: 'k', Value: '1' }, { Key: 'k', Value: '2' }),
  putting('key-values.key-size', /A key can have/, { Key: 'é'.repeat(257), Value: 'v' }),
  putting('key-values.value-size', /A value can have/, { Key: 'k', Value: 'é'.repeat(513) }),
  {
    id: 'key-values.store-size',
    error: 'ServiceQuotaExceededException',
    async provoke(aws) {
      const { arn } = await makeStore(aws);
      const Value = 'v'.repeat(1024);
      for (let at = 0; at < 103; at += 1) {
        await update(
          aws,
          arn,
          pairs(50, `k${at}-`).map(({ Key }) => ({ Key, Value })),
        );
      }
    },
  },
  {
    id: 'key-values.page-size',
    error: 'ValidationException',
    async provoke(aws) {
      const { arn: KvsARN } = await makeStore(aws);
      await aws.clients.keyValues.send(new ListKeysCommand({ KvsARN, MaxResults: 51 }));
    },
  },
];

function unlessMissing(error: Error): void {
  if (error.name !== 'ResourceNotFoundException') throw error;
}
