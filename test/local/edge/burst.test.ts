/** Many new variants at once: they wait for an environment instead of failing. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createRuntime } from '../../../src/local/runtime/index.ts';
import { RUNTIME_CHILD, startTestAws, type TestAws } from '../../builders/local-aws.ts';
import { makeSite } from './site.ts';

const started: TestAws[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.close()));
});

const HANDLER = `exports.handler = async (event) => {
  const { request, response } = event.Records[0].cf;
  await new Promise((done) => setTimeout(done, 5));
  const headers = { ...response.headers, 'x-process': [{ value: String(process.pid) }] };
  return { ...response, headers, body: request.querystring };
};`;

test('200 at once over two environments are all answered', async () => {
  const aws = await startTestAws({ concurrency: 2 });
  started.push(aws);
  const pictures = await makeSite(aws, { handler: HANDLER });
  const sizes = Array.from({ length: 200 }, (_, i) => `d=${i + 1}x${i + 1}`);
  const answers = await Promise.all(sizes.map((size) => pictures.get(`/a.jpg?${size}`)));
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(sizes);
  expect(new Set(answers.map(({ headers }) => headers.get('x-process'))).size).toBeLessThanOrEqual(2);
}, 60_000);

test('who waits longer than a run may take, and the queue on top, is answered as if throttled', async () => {
  const aws = await startTestAws();
  started.push(aws);
  const slow = `exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 900)); return {}; };`;
  const { versionArn = '' } = await makeSite(aws, { handler: slow, timeout: 2 });
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
  const runtime = createRuntime({
    world: aws.world,
    script: RUNTIME_CHILD,
    folder,
    awsUrl: () => aws.aws,
    host: process.env,
    newRequestId: randomUUID,
    newStreamId: () => '0'.repeat(32),
    concurrency: 1,
    queueMs: 0,
  });
  try {
    const outcomes = await Promise.all(Array.from({ length: 4 }, () => runtime.invoke(versionArn, 'us-east-1', {})));
    // The third may just come in time, or not: the fourth cannot, the first must.
    expect([outcomes[0]?.kind, outcomes[3]?.kind]).toEqual(['answer', 'limit']);
  } finally {
    await runtime.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
