import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EdgeResponse } from '../../handler/event.ts';
import { makeBundle } from '../../src/bundle/index.ts';
import { originResponse } from '../builders/event.ts';
import { photograph } from '../builders/images.ts';
import { CREDENTIALS, type S3Server, startS3 } from '../handler/s3-server.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from './built-handler.ts';

/** Runs the handler of the folder it lies in, as Lambda would. */
const CHILD = `
const { handler } = require('./index.js');
process.on('message', async (event) => process.send(await handler(event, { getRemainingTimeInMillis: () => 5000 })));
`;

let s3: S3Server;
let folder = '';
let handlerDir = '';

beforeAll(async () => {
  s3 = await startS3();
  folder = temporaryFolder();
  handlerDir = await buildHandler();
  const outFile = join(folder, 'edge.zip');
  await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings(), outFile });
  execFileSync('python3', ['-m', 'zipfile', '-e', outFile, folder]);
  writeFileSync(join(folder, 'child.js'), CHILD);
});

afterAll(async () => {
  await s3.close();
  for (const path of [handlerDir, folder]) rmSync(path, { recursive: true, force: true });
});

it('the unpacked zip, alone in a process with the environment of Lambda, resizes', async () => {
  s3.objects.set('pictures/a folder/고양이+1.jpg', photograph('rocket.jpg'));
  const child = fork(join(folder, 'child.js'), {
    cwd: folder,
    silent: true,
    env: {
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_SESSION_TOKEN: CREDENTIALS.sessionToken,
      AWS_ENDPOINT_URL_S3: s3.endpoint,
    },
  });
  let log = '';
  child.stdout?.on('data', (chunk) => {
    log += chunk;
  });
  try {
    for (const side of [120, 60]) {
      child.send(
        originResponse({ uri: '/a%20folder/%EA%B3%A0%EC%96%91%EC%9D%B4%2B1.jpg', querystring: `d=${side}x${side}` }),
      );
      const [response] = (await once(child, 'message')) as [EdgeResponse];
      expect(response.headers['edge-resize']?.[0]?.value).toContain(`w=${side};h=${side};fmt=jpeg`);
      const picture = await sharp(Buffer.from(response.body ?? '', 'base64')).metadata();
      expect(picture).toMatchObject({ width: side, height: side, format: 'jpeg' });
    }
    expect(
      log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      expect.objectContaining({ edgeResize: 1, key: 'a folder/고양이+1.jpg', d: '120x120' }),
      expect.objectContaining({ edgeResize: 1, w: 60 }),
    ]);
    expect(new Set(s3.seen.map(({ port }) => port)).size).toBe(1);
  } finally {
    child.kill();
  }
});
