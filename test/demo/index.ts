/**
 * The main job, start to end, as a user would do it: the local AWS on free ports, then the built CLI against it.
 * Ends with status 0 only when what it shows is what it claims: MISS then HIT, two sizes, HIT to MISS by invalidate, logs of two regions.
 */
import { join } from 'node:path';
import { IMAGES, localEnvironment, runCli, startDev, temporaryFolder } from '../builders/cli.ts';
import { type Answer, fetchTable } from './fetch.ts';

const BUCKET = 'demo-photographs';
const begun = performance.now();
const home = temporaryFolder();
const dev = await startDev({ home: home.path });
const env = localEnvironment(home.path, dev.aws);
const steps: [string, boolean][] = [];

try {
  console.log(`A local AWS runs: API ${dev.aws}, CDN ${dev.cdn}. Every command below is the built CLI.`);
  await cli('setup', '--bucket', BUCKET, '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  await cli('deploy', '--yes');

  heading('Original and sizes, first asked in Ireland, then again, then from Seoul');
  const first = await fetchTable(dev.cdn, [
    ['/astronaut.png', 'eu-west-1'],
    ['/astronaut.png?d=100x100', 'eu-west-1'],
    ['/astronaut.png?d=100x100', 'eu-west-1'],
    ['/astronaut.png?d=320x200', 'eu-west-1'],
    ['/hubble_deep_field.jpg?d=640x480', 'eu-west-1'],
    ['/rocket.jpg?d=100x100', 'eu-west-1'],
    ['/astronaut.png?d=100x100', 'ap-northeast-2'],
  ]);
  claim('the same size is a MISS, then a HIT', at(first, 1).cache === 'MISS' && at(first, 2).cache === 'HIT');
  claim('two sizes have different pixels', at(first, 1).pixels === '100x100' && at(first, 3).pixels === '320x200');

  await cli('invalidate', '/astronaut.png', '--size', '100x100', '--wait', '--yes');
  heading('The same again: one size was invalidated, the other was not');
  const second = await fetchTable(dev.cdn, [
    ['/astronaut.png?d=100x100', 'eu-west-1'],
    ['/astronaut.png?d=320x200', 'eu-west-1'],
    ['/astronaut.png?d=100x100', 'ap-northeast-2'],
  ]);
  claim('invalidate turns its size to a MISS', at(second, 0).cache === 'MISS' && at(second, 2).cache === 'MISS');
  claim('and leaves the other size a HIT', at(second, 1).cache === 'HIT');

  const logs = await cli('logs', '--since', '10m');
  claim(
    'log lines came from two regions',
    ['eu-west-1', 'ap-northeast-2'].every((region) => logs.includes(region)),
  );
} finally {
  await dev.stop();
  home.remove();
}

heading('What was shown');
for (const [text, held] of steps) console.log(`  ${held ? 'yes' : 'NO '}  ${text}`);
const failed = steps.filter(([, held]) => !held).length;
console.log(`\nDone in ${((performance.now() - begun) / 1000).toFixed(1)} s. Go on by yourself: npm run dev`);
process.exitCode = failed === 0 ? 0 : 1;

async function cli(...args: string[]): Promise<string> {
  heading(
    `$ edge-resize ${args.map((arg) => (arg.startsWith(IMAGES) ? join('test/fixtures/images') : arg)).join(' ')}`,
  );
  const result = await runCli(args, { cwd: home.path, env, watch: (text) => process.stdout.write(text) });
  if (result.status !== 0) throw new Error(`edge-resize ${args[0]} ended with status ${result.status}`);
  return result.stdout;
}

function heading(text: string): void {
  console.log(`\n${text}`);
}

function claim(text: string, held: boolean): void {
  steps.push([text, held]);
}

function at(answers: Answer[], index: number): Answer {
  const answer = answers[index];
  if (!answer) throw new Error(`no answer ${index}`);
  return answer;
}
