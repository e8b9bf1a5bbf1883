/**
 * The main job, start to end, as a user would do it: the local AWS on free ports, then the built CLI against it.
 * Ends with status 0 only when what it shows is what it claims: MISS then HIT, sizes, HIT to MISS by invalidate, one cache
 * entry for all spellings, formats by what the browser takes, the limit of 1 MB, signed URLs, logs of two regions.
 */
import { IMAGES, startDev, temporaryFolder } from '../builders/cli.ts';
import { type Demo, startDemo } from './session.ts';

const BUCKET = 'demo-photographs';
const SEOUL = 'ap-northeast-2';
const begun = performance.now();
const home = temporaryFolder();
// Waits as on AWS, but of a second.
const dev = await startDev({ home: home.path, args: ['--delays', 'role=1000,deploy=1000'] });
const demo = startDemo(home.path, dev);

try {
  console.log(`A local AWS runs: API ${dev.aws}, CDN ${dev.cdn}. Every command below is the built CLI.`);
  await demo.cli('setup', '--bucket', BUCKET, '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  demo.configure({ options: ['format'] });
  await demo.cli('deploy', '--yes');
  await showSizes(demo);
  await showInvalidation(demo);
  await showGrammar(demo);
  const logs = await demo.cli('logs', '--since', '10m');
  demo.claim(
    'log lines came from two regions',
    ['eu-west-1', SEOUL].every((region) => logs.includes(region)),
  );
  await showSignatures(demo);
} finally {
  await dev.stop();
  home.remove();
}

const held = demo.verdict();
console.log(`\nDone in ${((performance.now() - begun) / 1000).toFixed(1)} s. Go on by yourself: npm run dev`);
process.exitCode = held ? 0 : 1;

async function showSizes({ fetch, claim }: Demo): Promise<void> {
  const at = await fetch('Original and sizes, first asked in Ireland, then again, then from Seoul', [
    { path: '/astronaut.png' },
    { path: '/astronaut.png?d=100x100' },
    { path: '/astronaut.png?d=100x100' },
    { path: '/astronaut.png?d=320x200' },
    { path: '/hubble_deep_field.jpg?d=640x480' },
    { path: '/rocket.jpg?d=100x100' },
    { path: '/astronaut.png?d=100x100', region: SEOUL },
  ]);
  claim('the same size is a MISS, then a HIT', at(1).cache === 'MISS' && at(2).cache === 'HIT');
  claim('two sizes have different pixels', at(1).pixels === '100x100' && at(3).pixels === '320x200');
}

async function showInvalidation({ cli, fetch, claim }: Demo): Promise<void> {
  await cli('invalidate', '/astronaut.png', '--size', '100x100', '--wait', '--yes');
  const at = await fetch('The same again: one size was invalidated, the other was not', [
    { path: '/astronaut.png?d=100x100' },
    { path: '/astronaut.png?d=320x200' },
    { path: '/astronaut.png?d=100x100', region: SEOUL },
  ]);
  claim('invalidate turns its size to a MISS', at(0).cache === 'MISS' && at(2).cache === 'MISS');
  claim('and leaves the other size a HIT', at(1).cache === 'HIT');
}

async function showGrammar({ fetch, claim }: Demo): Promise<void> {
  const spelled = await fetch('One size in three spellings', [
    { path: '/coffee.png?d=300x200' },
    { path: '/coffee.png?d=300X200&utm_source=mail' },
    { path: '/coffee.png?width=300&height=200&up=1' },
  ]);
  claim(
    'three spellings are one cache entry',
    spelled(0).cache === 'MISS' && spelled(1).cache === 'HIT' && spelled(2).cache === 'HIT',
  );
  const path = '/coffee.png?d=300x200&f=auto';
  const format = await fetch(
    'f=auto, for a browser that takes AVIF and WebP, one that takes WebP, and one that does not',
    [
      { path, accept: 'image/avif,image/webp,*/*' },
      { path, accept: 'image/webp,*/*' },
      { path, accept: 'image/*' },
    ],
  );
  claim(
    "f=auto gives AVIF, WebP, or the original's format",
    format(0).format === 'avif' && format(1).format === 'webp' && format(2).format === 'png',
  );
  const limit = await fetch('More than the 1 MB that CloudFront takes from a function, so at a lower quality', [
    { path: '/hubble_deep_field.jpg?d=2800x2400&q=95' },
  ]);
  const { note, bytes, pixels } = limit(0);
  console.log(`  edge-resize: ${note}`);
  const within = pixels === '2800x2400' && bytes < 1_048_576;
  claim('too large a result comes within the limit, and says so', within && /;why=limit$/.test(note));
}

async function showSignatures({ cli, configure, fetch, claim }: Demo): Promise<void> {
  configure({ options: ['format'], signed: true });
  await cli('deploy', '--yes');
  const url = (await cli('url', '/coffee.png', '--size', '300x200', '--sign', '--expires', '1h')).trim();
  const at = await fetch('Signed URLs alone from now on, also for what is in the cache', [
    { path: '/coffee.png?d=300x200' },
    { path: url },
    { path: url.replace('300x200', '301x200') },
  ]);
  claim(
    'signed, an image is a HIT; unsigned or altered, 403',
    at(0).status === 403 && at(1).cache === 'HIT' && at(2).status === 403,
  );
}
