import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, ListBucketsCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { parseDelays } from '../../src/commands/dev.ts';
import { findImages } from '../../src/observe/folder.ts';
import { runInProcess } from '../builders/io.ts';
import { RUNTIME_CHILD, startTestAws } from '../builders/local-aws.ts';

const IMAGES = join(import.meta.dirname, '../fixtures/images');
const ROOT = join(import.meta.dirname, '../..');

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

/** `edge-resize dev` in this process, stopped by `stop` as Ctrl-C would. */
function startDev(args: string[]) {
  const stopper = new AbortController();
  const assets = { handlerDir: '', viewerDir: '', runtimeChild: RUNTIME_CHILD, packageRoot: ROOT, version: '0.0.0' };
  const run = runInProcess(['dev', '--port', '0', '--aws-port', '0', ...args], { signal: stopper.signal }, { assets });
  return { run, stop: () => stopper.abort() };
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('dev', () => {
  test('--json prints one line with both addresses, and an abort ends it with status 0', async () => {
    const { run, stop } = startDev(['--json']);
    setTimeout(stop, 300);
    const { status, stdout } = await run;
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\{"aws":"http:\/\/127\.0\.0\.1:\d+","cdn":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
  });

  test('for people it says what to type next', async () => {
    const { run, stop } = startDev(['--images', IMAGES, '--bucket', 'photos']);
    setTimeout(stop, 500);
    const { stdout } = await run;
    expect(stdout).toMatch(/ {2}export AWS_ENDPOINT_URL=http:\S+ AWS_REGION=us-east-1\n/);
    expect(stdout).toContain('  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toContain('edge-resize setup --bucket photos');
  });

  test('--images takes images only, and says in one line what it leaves out', async () => {
    const folder = newFolder();
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'cat')), Buffer.from([0xff]), Buffer.from('.jpg')]), 'x');
    for (const name of ['cat.jpg', 'notes.txt', '.hidden.jpg']) writeFileSync(join(folder, name), 'x');
    symlinkSync('/etc/hostname', join(folder, 'outside.png'));
    const { run, stop } = startDev(['--images', folder]);
    setTimeout(stop, 500);
    const { status, stderr } = await run;
    expect([status, stderr]).toEqual([
      0,
      `! ${folder}: left out: 1 other file, 1 hidden, 1 symbolic link, 1 with a name that is not UTF-8\n`,
    ]);
  });

  test('a taken port and a missing folder are said with a fix', async () => {
    const holder = createServer();
    ending.push(() => holder.close());
    await new Promise<void>((done) => holder.listen(0, '127.0.0.1', done));
    const { port } = holder.address() as AddressInfo;
    const taken = await startDev(['--port', String(port)]).run;
    expect([taken.status, taken.stderr]).toEqual([1, expect.stringContaining('PORT_IN_USE')]);
    for (const folder of ['/nowhere/at/all', newFolder()]) {
      const missing = await startDev(['--images', folder]).run;
      expect([missing.status, missing.stderr]).toEqual([3, expect.stringContaining('(IMAGES_MISSING)')]);
      expect(missing.stderr).toContain('correct --images');
    }
  });

  test('a bucket or region that cannot be, and a folder that cannot keep anything, are said with a fix', async () => {
    const broken = newFolder();
    mkdirSync(join(broken, 'state/tables/s3.buckets'), { recursive: true });
    writeFileSync(join(broken, 'state/tables/s3.buckets/row.json'), '{broken');
    for (const [args, status, code] of [
      [['--bucket', 'No_Bucket'], 3, 'USAGE'],
      [['--region', 'nowhere'], 3, 'REGION_UNKNOWN'],
      [['--data', join(ROOT, 'package.json')], 3, 'DATA_UNUSABLE'],
      [['--data', broken], 3, 'DATA_UNUSABLE'],
      [['--data', '/proc/edge-resize'], 3, 'DATA_UNUSABLE'],
    ] as const) {
      const said = await startDev([...args]).run;
      expect([args, said.status, said.stderr]).toEqual([args, status, expect.stringContaining(`(${code})`)]);
      expect(said.stderr).toContain('fix:  edge-resize dev');
    }
  });

  test('delays are read by name', async () => {
    expect(parseDelays('role=0,deploy=7')).toMatchObject({ role: 0, deploy: 7, lambda: 500 });
    expect(() => parseDelays('rolle=1')).toThrow('--delays');
    expect(() => parseDelays('role=-1')).toThrow('--delays');
    const wrong = await startDev(['--delays', 'soon']).run;
    expect([wrong.status, wrong.stderr]).toEqual([3, expect.stringContaining('USAGE')]);
  });

  test('runs of a function at a time are at least one', async () => {
    const wrong = await startDev(['--concurrency', '0']).run;
    expect([wrong.status, wrong.stderr]).toEqual([3, expect.stringContaining('a number, 1 to 99')]);
  });
});

test('what --data keeps is there again on other ports', async () => {
  const data = newFolder();
  const { images } = await findImages(IMAGES, { flag: '--images', cwd: ROOT });
  const first = await startTestAws({ data, images: { files: images, bucket: 'photos' } });
  await first.clients.s3.send(new CreateBucketCommand({ Bucket: 'more' }));
  await first.close();
  const second = await startTestAws({ data });
  ending.push(() => second.close());
  const buckets = await second.clients.s3.send(new ListBucketsCommand({}));
  expect(buckets.Buckets?.map(({ Name }) => Name)).toEqual(['more', 'photos']);
  const objects = await second.clients.s3.send(new ListObjectsV2Command({ Bucket: 'photos' }));
  expect(objects.KeyCount).toBe(5);
});

test('control calls say where it is, and a foreign host is refused there', async () => {
  const aws = await startTestAws();
  ending.push(() => aws.close());
  const info = (await (await fetch(`${aws.aws}/_local/info`)).json()) as unknown;
  expect(info).toMatchObject({ aws: aws.aws, cdn: aws.cdn, account: '000000000000' });
});
