/** The signers of docs/signed-urls.md, run as they stand there: what they sign, the deployed viewer function takes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { GetKeyCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { transformSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, requestLog, runCli, runProgram } from '../builders/cli.ts';
import { withClients } from '../builders/local-aws.ts';
import { type Session, startSession, view } from '../e2e/session.ts';
import { blocksOf } from './blocks.ts';

const PAGE = 'docs/signed-urls.md';
const NAME = 'signed-docs';
/** Later than any run of this test. */
const EXPIRES = 4_102_444_800;
const ODD = '사진/two words+1 100%.jpg';

interface Asked {
  path: string;
  d: string;
  expires?: number;
}

const ASKED: Asked[] = [
  { path: '/rocket.jpg', d: '30x20' },
  { path: '/rocket.jpg', d: '31x21,fit=inside,f=webp,q=75', expires: EXPIRES },
  { path: `/${ODD.split('/').map(encodeURIComponent).join('/')}`, d: '32x22,f=auto', expires: EXPIRES },
  { path: '/%EC%82%AC%EC%A7%84/two%20words+1%20100%25.jpg', d: '33x' },
];

let session: Session;
let key: string;
/** The URLs of `ASKED` by key, as edge-resize signs them. */
const ours = new Map<string, string[]>();
const DASHED = '-_h1bi1kZWFkLWJlZWYtMDEyMy00NTY3LTg5YWItY2Q';

beforeAll(async () => {
  session = await startSession();
  await session.ok('setup', '--bucket', NAME, '--region', 'us-east-1', '--upload', IMAGES, '--yes');
  const file = join(session.home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, url: { signed: true, options: ['fit', 'format'] } }));
  await session.ok('deploy', '--yes');
  const { clients } = withClients(session.dev);
  const Body = readFileSync(join(IMAGES, 'rocket.jpg'));
  await clients.s3.send(new PutObjectCommand({ Bucket: NAME, Key: ODD, Body, ContentType: 'image/jpeg' }));
  key = await storedKey(clients);
  for (const by of [key, DASHED]) ours.set(by, await signedByUs(by));
}, 120_000);

afterAll(() => session.end());

async function storedKey({ cloudfront, keyValues }: ReturnType<typeof withClients>['clients']): Promise<string> {
  const { KeyValueStore } = await cloudfront.send(new DescribeKeyValueStoreCommand({ Name: `edge-resize-${NAME}` }));
  const { Value = '' } = await keyValues.send(new GetKeyCommand({ KvsARN: KeyValueStore?.ARN, Key: 'signing' }));
  return (JSON.parse(Value) as { current: string }).current;
}

async function signedByUs(by: string): Promise<string[]> {
  const env = { ...session.env, EDGE_RESIZE_SIGNING_KEY: by };
  const runs = ASKED.map(({ path, d, expires }) => {
    const until = expires === undefined ? [] : ['--expires', new Date(expires * 1000).toISOString()];
    return runCli(['url', path, '--size', d, '--sign', ...until], { cwd: session.home, env });
  });
  return (await Promise.all(runs)).map(({ stdout }) => stdout.trim());
}

/** The page's block that names this file in its first line. */
function snippet(file: string): string {
  const block = blocksOf(PAGE).find(({ text }) => /^(?:\/\/|#) (\S+)\n/.exec(text)?.[1] === file);
  if (!block) throw new Error(`${PAGE} has no ${file}`);
  return block.text;
}

/** Writes a program into the session's folder and runs it; its lines. */
async function run(program: string, file: string, text: string, args: string[]): Promise<string[]> {
  writeFileSync(join(session.home, file), text);
  const result = await runProgram(program, [file, ...args], { cwd: session.home, env: session.env });
  if (result.status !== 0) throw new Error(`${file}: ${result.stderr}`);
  return result.stdout.trimEnd().split('\n');
}

const inJavaScript = (code: string, file: string, asked: Asked[], by: string) => {
  const use = `for (const { path, d, expires } of JSON.parse(process.argv[2])) console.log(await signedUrl(path, d, process.argv[3], expires));`;
  return run(process.execPath, file, `${code}\n${use}\n`, [JSON.stringify(asked), by]);
};

const SIGNERS: Record<string, (asked: Asked[], by: string) => Promise<string[]>> = {
  'sign.ts': (asked, by) => {
    const { code } = transformSync(snippet('sign.ts'), { loader: 'ts', format: 'esm' });
    return inJavaScript(code, 'sign.mjs', asked, by);
  },
  'sign-web.mjs': (asked, by) => inJavaScript(snippet('sign-web.mjs'), 'sign-web.mjs', asked, by),
  'sign.py': (asked, by) => {
    const use =
      'import json, sys\nfor one in json.loads(sys.argv[1]):\n    print(signed_url(one["path"], one["d"], sys.argv[2], one.get("expires")))';
    return run('python3', 'sign.py', `${snippet('sign.py')}\n${use}\n`, [JSON.stringify(asked), by]);
  },
  'sign.sh': (asked, by) => {
    const use = asked.map(({ path, d, expires = '' }) => `signed_url '${path}' '${d}' "$1" ${expires}`);
    return run('bash', 'sign.sh', `set -eu\n${snippet('sign.sh')}\n${use.join('\n')}\n`, [by]);
  },
};

test('every signer of the page is run here', () => {
  const files = blocksOf(PAGE).flatMap(({ text }) => /^(?:\/\/|#) (\S+)\n/.exec(text)?.[1] ?? []);
  expect(files.sort()).toEqual(Object.keys(SIGNERS).sort());
});

describe.each(Object.entries(SIGNERS))('%s', (_file, sign) => {
  test('what it signs is answered with the variant; altered, with 403', async () => {
    const urls = await sign(ASKED, key);
    expect(urls.length).toBe(ASKED.length);
    for (const url of urls) {
      const answer = await view(session, url);
      expect([answer.status, answer.note], url).toEqual([200, expect.stringMatching(/^w=3\d;/)]);
      expect((await view(session, url.replace(/d=3/, 'd=4'))).status, url).toBe(403);
      expect(
        (
          await view(
            session,
            url.replace(/sig=./, (text) => (text === 'sig=A' ? 'sig=B' : 'sig=A')),
          )
        ).status,
      ).toBe(403);
    }
  });

  test('the same as edge-resize, also with a key that begins with a dash', async () => {
    expect(await sign(ASKED, key)).toEqual(ours.get(key));
    expect(await sign(ASKED, DASHED)).toEqual(ours.get(DASHED));
  });
});

test('the example holds for its key', async () => {
  const [line = ''] = blocksOf(PAGE).flatMap(({ text }) => text.match(/^\S+&sig=\S+$/m) ?? []);
  const [, d = '', exp = ''] = /\?d=(.*)&exp=(\d+)/.exec(line) ?? [];
  const example = 'C2h1bi1kZWFkLWJlZWYtMDEyMy00NTY3LTg5YWItY2Q';
  const signed = SIGNERS['sign.py']?.([{ path: '/photos/cat%201.jpg', d, expires: Number(exp) }], example);
  expect(await signed).toEqual([line]);
});

test('edge-resize url --sign with the key of the store, by the calls that the page lists', async () => {
  const before = (await requestLog(session.dev.aws)).length;
  const { stdout, stderr } = await session.ok('url', '/rocket.jpg', '--size', '34x24', '--sign', '--expires', '1h');
  const calls = (await requestLog(session.dev.aws)).slice(before);
  expect(stderr).toContain('Signed with the key ');
  expect((await view(session, stdout.trim())).note).toContain('w=34');
  const text = readFileSync(join(import.meta.dirname, '../..', PAGE), 'utf8');
  const listed = /`url --sign` and `keys list` call ([^;]*);/.exec(text)?.[1]?.match(/(?<=:)\w+/g) ?? [];
  expect([...new Set(calls.map(({ operation }) => operation))].sort()).toEqual([...new Set(listed)].sort());
  expect(calls.some(({ write }) => write)).toBe(false);
});

test('the URL that deploy gives to try is signed, and holds', async () => {
  const { stdout } = await session.ok('deploy');
  expect(stdout).toContain('?d=100x100&exp=');
  expect((await fetch(stdout.trim())).headers.get('edge-resize')).toMatch(/^w=100;h=100;/);
});

test('unsigned variants are refused, originals are not', async () => {
  const refused = await view(session, '/rocket.jpg?d=35x25');
  expect([refused.status, refused.body.toString().trim()]).toEqual([403, 'This URL is not signed, or no longer holds']);
  expect((await view(session, '/rocket.jpg')).status).toBe(200);
});
