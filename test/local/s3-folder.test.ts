import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { GetBucketPolicyCommand, GetObjectCommand, HeadObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findImages } from '../../src/observe/folder.ts';
import { startTestAws } from '../builders/local-aws.ts';
import { makeBucket, putPolicy, readers } from './s3-kit.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-folder-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('puts the images of a folder into a bucket, and leaves alone what did not change', async () => {
  const images = join(folder, 'images');
  await mkdir(join(images, '사진 1'), { recursive: true });
  await writeFile(join(images, '사진 1', 'a b.jpg'), 'jpeg');
  await writeFile(join(images, 'logo.svg'), '<svg/>');
  await writeFile(join(images, 'photo.webp'), 'x');

  const clock = { ahead: 0 };
  const aws = await startTestAws({ now: () => Date.now() + clock.ahead });
  const { s3 } = aws.clientsFor(aws.credentials, 'ap-northeast-2');
  const Bucket = 'photos';
  const load = async () => {
    const found = await findImages(images, { flag: '--images', cwd: folder });
    await aws.world.s3.loadFiles(Bucket, 'ap-northeast-2', found.images);
  };
  await load();
  expect(aws.world.s3.bucket(Bucket)).toEqual({ name: Bucket, region: 'ap-northeast-2' });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(Contents?.map(({ Key }) => Key)).toEqual(['logo.svg', 'photo.webp', '사진 1/a b.jpg']);
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect((await head('사진 1/a b.jpg')).ContentType).toBe('image/jpeg');
  expect((await head('logo.svg')).ContentType).toBe('image/svg+xml');
  expect((await head('photo.webp')).ContentType).toBe('image/webp');

  const before = await head('logo.svg');
  await writeFile(join(images, 'photo.webp'), 'changed');
  clock.ahead = 60_000;
  await load();
  expect((await head('logo.svg')).LastModified).toEqual(before.LastModified);
  expect((await head('photo.webp')).ContentLength).toBe(7);
  expect((await head('photo.webp')).LastModified?.getTime()).toBeGreaterThan(before.LastModified?.getTime() ?? 0);
  await aws.close();
});

it('keeps buckets, objects, policies and log events over a restart', async () => {
  const data = join(folder, 'data');
  const first = await startTestAws({ data });
  const Bucket = await makeBucket(first);
  await putPolicy(first, Bucket, readers({ Service: 'cloudfront.amazonaws.com' }, Bucket));
  const { Policy } = await first.clients.s3.send(new GetBucketPolicyCommand({ Bucket }));
  const put = (aws: typeof first, message: string) =>
    aws.world.logs.put('us-east-1', '/g', 's', [{ timestamp: 1, message }]);
  put(first, 'before');
  await first.close();

  const second = await startTestAws({ data });
  expect((await second.clients.s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  const cat = await second.clients.s3.send(new GetObjectCommand({ Bucket, Key: 'cat.jpg' }));
  expect(await cat.Body?.transformToString()).toBe('miaow');
  put(second, 'after');
  const { events } = await second.clients.logs('us-east-1').send(new FilterLogEventsCommand({ logGroupName: '/g' }));
  expect(events?.map(({ message }) => message)).toEqual(['before', 'after']);
  expect(new Set(events?.map(({ eventId }) => eventId)).size).toBe(2);
  await second.close();
});
