/** `url` in this process: what it prints, and what it refuses with which words. No AWS, but for --full and --sign. */
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../builders/cli.ts';
import { runInProcess } from '../builders/io.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

const FULL = { options: ['fit', 'format', 'dpr'], presets: { thumb: '150x150,f=webp' } };

function run(argv: string[], url: Record<string, unknown> = FULL, more: Record<string, unknown> = {}) {
  writeFileSync(join(folder.path, 'edge-resize.config.json'), JSON.stringify({ bucket: 'pics', url, ...more }));
  return runInProcess(['url', ...argv], { cwd: folder.path });
}

async function printed(argv: string[], url?: Record<string, unknown>): Promise<string> {
  const { status, stdout, stderr } = await run(argv, url);
  expect([status, stderr]).toEqual([0, '']);
  return stdout.replace(/\n$/, '');
}

describe('one canonical address', () => {
  test.each([
    [['/cat.jpg', '--size', '300x200'], '/cat.jpg?d=300x200'],
    [['cat.jpg', '--size', '300'], '/cat.jpg?d=300x'],
    [['/사진 1.jpg', '--size', 'thumb', '--dpr', '2'], '/%EC%82%AC%EC%A7%84%201.jpg?d=300x300,f=webp'],
    [['/a%20b+c.jpg', '--size', '9x9'], '/a%20b+c.jpg?d=9x9'],
    [
      ['/c.jpg', '--size', '9x9', '--quality', '74', '--format', 'WEBP', '--fit', 'max'],
      '/c.jpg?d=9x9,fit=inside,f=webp,q=75',
    ],
    [['/c.jpg', '--size', '9x9,fit=inside', '--pos', 'n'], '/c.jpg?d=9x9,fit=inside'],
    [['/c.jpg?utm=1&w=300&fm=avif', '--quality', '50'], '/c.jpg?d=300x,up=0,f=avif,q=50'],
    [['/c.jpg', '--format', 'auto'], '/c.jpg?d=f=auto'],
    [['/a.jpg', '/b.jpg', '--size', '9x9'], '/a.jpg?d=9x9\n/b.jpg?d=9x9'],
    [['/c.jpg', '--size', '9x9', '--host', 'cdn.example.com'], 'https://cdn.example.com/c.jpg?d=9x9'],
    [['/c.jpg', '--size', '9x9', '--host', 'http://127.0.0.1:80/x/'], 'http://127.0.0.1/x/c.jpg?d=9x9'],
  ])('%j is %s', async (argv, expected) => expect(await printed(argv)).toBe(expected));

  test('as a document', async () => {
    const { stdout } = await run(['/c.jpg', '--size', '300x200', '--srcset', '--html', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      formatVersion: 1,
      command: 'url',
      urls: [
        {
          path: '/c.jpg',
          d: '300x200',
          url: '/c.jpg?d=300x200',
          srcset: [
            { url: '/c.jpg?d=300x200', descriptor: '1x' },
            { url: '/c.jpg?d=600x400', descriptor: '2x' },
            { url: '/c.jpg?d=900x600', descriptor: '3x' },
          ],
          html: expect.stringContaining('<picture>'),
        },
      ],
    });
  });
});

describe('a srcset', () => {
  test('widths that were listed, heights in the ratio', async () => {
    expect(await printed(['/c.jpg', '--size', '300x200', '--srcset', '600,300,300'])).toBe(
      '/c.jpg?d=300x200 300w, /c.jpg?d=600x400 600w',
    );
  });

  test('of a width: a ladder up to twice of it', async () => {
    const widths = (await printed(['/c.jpg', '--size', '700x', '--srcset', 'auto'])).match(/\d+w/g);
    expect(widths).toEqual(['320w', '480w', '640w', '700w', '960w', '1280w', '1400w']);
  });

  test('within the listed sizes, and the caps', async () => {
    expect(await printed(['/c.jpg', '--size', '100x', '--srcset'], { sizes: ['200x', '100x', '50x50'] })).toBe(
      '/c.jpg?d=100x 100w, /c.jpg?d=200x 200w',
    );
    expect(await printed(['/c.jpg', '--size', '50x50', '--srcset'], { sizes: ['50x50', '150x150'] })).toBe(
      '/c.jpg?d=50x50 1x, /c.jpg?d=150x150 3x',
    );
    expect(await printed(['/c.jpg', '--size', '3000x10', '--srcset'], {})).toBe('/c.jpg?d=3000x10 1x');
    const none = await run(['/c.jpg', '--size', '100x', '--srcset', '300'], { sizes: ['100x'] });
    expect([none.status, none.stderr.includes('(INVALID_SIZE)')]).toEqual([3, true]);
  });
});

describe('HTML', () => {
  test('an <img> with its size, where formats are off or chosen', async () => {
    expect(await printed(['/c&d.jpg', '--size', '30x20', '--html'], {})).toBe(
      '<img src="/c&amp;d.jpg?d=30x20" width="30" height="20" alt="">',
    );
    expect(await printed(['/c.jpg', '--size', '30x20', '--format', 'auto', '--html'])).toBe(
      '<img src="/c.jpg?d=30x20,f=auto" width="30" height="20" alt="">',
    );
    // The height of an original is not known here.
    expect(await printed(['/c.jpg', '--size', '30x', '--html'], {})).toBe('<img src="/c.jpg?d=30x" alt="">');
    expect(await printed(['/c.jpg', '--size', '30x20,fit=inside', '--html'], { options: ['fit'] })).not.toContain(
      'width=',
    );
  });

  test('a <picture> with a source a format; sizes are escaped', async () => {
    const lines = (await printed(['/c.jpg', '--size', '30x', '--srcset', '30,60', '--html', '--sizes', '"><b>'])).split(
      '\n',
    );
    expect(lines).toEqual([
      '<picture>',
      '  <source type="image/avif" srcset="/c.jpg?d=30x,f=avif 30w, /c.jpg?d=60x,f=avif 60w" sizes="&quot;&gt;&lt;b&gt;">',
      '  <source type="image/webp" srcset="/c.jpg?d=30x,f=webp 30w, /c.jpg?d=60x,f=webp 60w" sizes="&quot;&gt;&lt;b&gt;">',
      '  <img src="/c.jpg?d=30x" srcset="/c.jpg?d=30x 30w, /c.jpg?d=60x 60w" sizes="&quot;&gt;&lt;b&gt;" alt="">',
      '</picture>',
    ]);
  });
});

describe('signed, with a key from the environment: AWS is not asked', () => {
  const key = 'C2h1bi1kZWFkLWJlZWYtMDEyMy00NTY3LTg5YWItY2Q';
  const env = { EDGE_RESIZE_SIGNING_KEY: key };
  const now = Date.UTC(2026, 0, 1);
  const clock = { now: () => now, sleep: async () => undefined };
  const signature = (text: string) => createHmac('sha256', key).update(text).digest('base64url');

  function sign(argv: string[], url: Record<string, unknown> = { ...FULL, signed: true }, given = env) {
    writeFileSync(join(folder.path, 'edge-resize.config.json'), JSON.stringify({ bucket: 'pics', url }));
    return runInProcess(['url', ...argv, '--sign'], { cwd: folder.path, env: given }, { clock });
  }

  test('the path decoded, the canonical d, and until when', async () => {
    const { status, stdout, stderr } = await sign(['/a%20b.jpg?w=300&h=200&f=auto', '--expires', '1h']);
    const exp = now / 1000 + 3600;
    const d = '300x200,up=0,f=auto';
    expect(stdout).toBe(`/a%20b.jpg?d=${d}&exp=${exp}&sig=${signature(`/a b.jpg?d=${d}&exp=${exp}`)}\n`);
    expect([status, stderr]).toEqual([0, expect.stringContaining('hold until 2026-01-01T01:00:00Z')]);
  });

  test('an ISO time, and none', async () => {
    const date = await sign(['/c.jpg', '--size', '9x9', '--expires', '2026-02-01']);
    expect(date.stdout).toContain(`?d=9x9&exp=${Date.UTC(2026, 1, 1) / 1000}&sig=`);
    const forever = await sign(['/c.jpg', '--size', '9x9']);
    expect(forever.stdout).toBe(`/c.jpg?d=9x9&sig=${signature('/c.jpg?d=9x9')}\n`);
  });

  test('each URL of a srcset and of HTML; the path of the host is part of it', async () => {
    const { stdout } = await sign(['/c.jpg', '--size', '9x9', '--srcset', '--html', '--host', 'https://a.example/img']);
    const found = [
      ...stdout.matchAll(/https:\/\/a\.example(\/img\/c\.jpg)\?(d=[^&" ]+)&amp;sig=([\w-]{43})(?=["\s,])/g),
    ];
    expect(found.length).toBe(stdout.match(/https:/g)?.length);
    expect(found.length).toBe(10);
    for (const [, path, d, sig] of found) expect(sig).toBe(signature(`${path}?${d}`));
  });

  test('as a document: never the key', async () => {
    const { stdout } = await sign(['/c.jpg', '--size', '9x9', '--expires', '1d', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ signed: { expires: now / 1000 + 86_400 }, urls: [{ d: '9x9' }] });
    expect(stdout).not.toContain(key);
  });

  test.each([
    [['--expires', '1'], { signed: true }, env, '--expires 1 is no time to come'],
    [['--expires', '2025-12-31'], { signed: true }, env, 'It is over'],
    [['--expires', '99999999999w'], { signed: true }, env, 'is no time to come'],
    [[], {}, env, 'signed URLs are off'],
    [[], { signed: true }, { EDGE_RESIZE_SIGNING_KEY: `{"current":"${key}"}` }, 'holds no key'],
  ])('refused: %j', async (argv, url, given, words) => {
    const { status, stdout, stderr } = await sign(['/c.jpg', '--size', '9x9', ...argv], url, given);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(key);
  });
});

describe('refused, with status 3 and what to do', () => {
  test.each([
    [['--size', '9x9'], 'USAGE', 'no image was named'],
    [['/c.jpg'], 'INVALID_SIZE', 'nothing is asked for'],
    [['/c.jpg', '--size', '10by10'], 'INVALID_SIZE', '10by10 is not a size'],
    [['/c.jpg', '--size', 'thumbs'], 'INVALID_SIZE', 'did you mean the preset thumb?'],
    [['/c.jpg', '--size', '9x9', '--fitt', 'x'], 'USAGE', 'did you mean --fit?'],
    [['/c.jpg', '--size', '9x9,quality=5'], 'INVALID_SIZE', 'did you mean q?'],
    [['/c.jpg', '--size', '9x9', '--blur', '2'], 'INVALID_SIZE', 'add "effects" to url.options'],
    [['/c.jpg', '--size', '9x9', '--format', 'tiff'], 'INVALID_SIZE', 'f is one of: jpeg (jpg), png'],
    [['/c.jpg', '--size', '9x9', '--dpr', '9'], 'INVALID_SIZE', 'give 1, 1.5'],
    [['/c.jpg', '--size', '9x9', '--srcset', 'wide'], 'USAGE', '320,640'],
    [['/c.jpg', '--size', '9x9', '--host', 'a b'], 'USAGE', '--host a b is no address'],
    [['/photos/*', '--size', '9x9'], 'INVALID_PATH', 'no path of one image'],
    [['/c.jpg', '--size', '9x9', '--expires', '1h'], 'USAGE', 'add --sign'],
    [['/c.jpg', '--size', '9x9', '--full'], 'NOT_SET_UP', 'names no distribution'],
  ])('%j', async (argv, code, words) => {
    const { status, stdout, stderr } = await run(argv);
    expect([status, stdout]).toEqual([3, '']);
    expect(stderr).toContain(`(${code})`);
    expect(stderr.replaceAll(/\n +/g, ' ')).toContain(words);
  });

  test('what the rules of the config leave out', async () => {
    const unlisted = await run(['/c.jpg', '--size', '9x9'], { sizes: ['100x'], unlisted: 'refuse' });
    expect(unlisted.stderr).toContain('one of 100x');
    const widths = await run(['/c.jpg', '--size', '100x', '--srcset', '320,640'], { sizes: ['100x', '200x', '9x9'] });
    expect(widths.stderr).toContain('list widths that are made: --srcset 100,200\n');
    const fixed = await run(['/c.jpg', '--size', '9x9', '--srcset', '320,640'], { sizes: ['100x', '9x9'] });
    expect(fixed.stderr).toContain('leave out the widths');
    const only = await run(['/c.jpg', '--size', '9x9'], { presets: { thumb: '5x5' }, presetsOnly: true });
    expect(only.stderr).toContain('only presets are made');
    const seed = await run(['/c.jpg', '--size', '9x9', '--format', 'webp'], { compat: 'seed' });
    expect(seed.stderr).toContain('reads d=WxH and nothing else');
  });
});

test('says when URLs will not do what they say', async () => {
  const signed = await run(['/c.jpg', '--size', '9x9'], { signed: true });
  expect([signed.status, signed.stderr]).toEqual([0, expect.stringContaining('wants signed URLs')]);
  const plain = await run(['/c.jpg', '--size', '9x9,f=auto'], FULL, { viewerFunction: false });
  expect(plain.stderr).toContain('f=auto has no effect without the viewer function');
});
