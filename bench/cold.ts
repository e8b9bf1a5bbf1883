/** A new execution environment: its start in starts of an empty node, its first request in second ones, and what it unpacks. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { hostOf } from '../src/bundle/host.ts';
import type { Bundle } from '../src/bundle/index.ts';
import { nodeFor } from '../src/bundle/runtime-node.ts';
import { ROOT } from '../test/builders/cli.ts';
import { originResponse } from '../test/builders/event.ts';
import { acceptBudget, overBudget, readBudget } from './budget.ts';
import { type Edge, startEdge } from './edge-process.ts';
import type { PartOptions } from './parts.ts';
import { pictures } from './pictures.ts';
import { atMost, median, nodeProcess, print, race } from './race.ts';
import { startStore } from './store.ts';
import { table } from './table.ts';

const START_ROUNDS = 21;
const REQUEST_ROUNDS = 9;
/** Starts of an empty node, by its major version. */
const MOST_STARTS: Record<string, number> = { 20: 1.6, 22: 1.8 };
const FIRST_REQUESTS = [
  ['small.jpg', '100x100'],
  ['12mp-p3.jpg', '640x480'],
  ['12mp-p3.jpg', '1920x1080'],
] as const;
/** A photograph as cameras make them, at a size that fills a screen: what the target for the first request is about. */
const TARGETED = FIRST_REQUESTS[2];
const MOST_OF_SECOND = 1.3;
const PACKAGE_SLACK = 1.01;

export async function benchCold({ accept }: PartOptions): Promise<boolean> {
  const all = await pictures();
  const store = await startStore(dirname(all[0]?.path ?? ''));
  const edge = await startEdge(store.endpoint);
  try {
    const kept = [packageSize(edge.bundle, accept)];
    for (const node of await nodes()) kept.push(await coldStart(edge, node), await firstRequests(edge, node));
    return kept.every(Boolean);
  } finally {
    edge.close();
    store.close();
  }
}

interface NodeBinary {
  path: string;
  version: string;
}

/** This Node, and those of Lambda's runtimes that are at hand. */
async function nodes(): Promise<NodeBinary[]> {
  const host = hostOf(process);
  const found = [process.execPath];
  for (const [name, given] of [
    ['nodejs22.x', process.env.NODE22],
    ['nodejs24.x', process.env.NODE24],
  ] as const) {
    const path = given ?? (await nodeFor({ name, download: false }, host)).node;
    if (existsSync(path) && !found.includes(path)) found.push(path);
  }
  return found.map((path) => ({
    path,
    version: execFileSync(path, ['-p', 'process.versions.node']).toString().trim(),
  }));
}

async function coldStart({ folder }: Edge, { path, version }: NodeBinary): Promise<boolean> {
  const [addon] = execFileSync('find', [folder, '-name', '*.node']).toString().trim().split('\n');
  const results = await race(
    [
      nodeProcess('node -e 0', ['-e', '0'], ROOT, path),
      nodeProcess('the addon and libvips alone', ['-e', `require(${JSON.stringify(addon)})`], folder, path),
      nodeProcess('the packed handler', ['-e', 'require("./index.js")'], folder, path),
      nodeProcess('sharp of npm alone', ['-e', 'require("sharp")'], ROOT, path),
      nodeProcess(
        'sharp and @aws-sdk/client-s3',
        ['-e', 'require("sharp"); require("@aws-sdk/client-s3")'],
        ROOT,
        path,
      ),
    ],
    START_ROUNDS,
  );
  print(`cold start on node ${version}, median of ${START_ROUNDS} in turns`, results);
  const most = MOST_STARTS[version.split('.')[0] ?? ''];
  const ratio = results[2]?.ratio ?? Number.NaN;
  return most === undefined || atMost(`the packed handler over an empty node ${version}`, ratio, most);
}

async function firstRequests(edge: Edge, { path, version }: NodeBinary): Promise<boolean> {
  const rows: string[][] = [];
  let targeted = Number.NaN;
  for (const asked of FIRST_REQUESTS) {
    const [picture, size] = asked;
    const event = originResponse({ uri: `/${picture}`, querystring: `d=${size}` });
    const runs: number[][] = [];
    for (let round = 0; round <= REQUEST_ROUNDS; round += 1) {
      const { times } = await edge.run([event, event], path);
      if (round > 0) runs.push(times);
    }
    const [first, second] = [0, 1].map((index) => median(runs.map((times) => times[index] ?? Number.NaN)));
    const ratio = (first ?? Number.NaN) / (second ?? Number.NaN);
    if (asked === TARGETED) targeted = ratio;
    rows.push([`${picture} to ${size}`, `${first?.toFixed(1)}`, `${second?.toFixed(1)}`, ratio.toFixed(2)]);
  }
  console.log(`first requests on node ${version}, median of ${REQUEST_ROUNDS} processes`);
  console.log(table(['picture', 'first ms', 'second ms', 'first/second'], rows));
  return atMost(`the first request of ${TARGETED.join(' to ')} over the second`, targeted, MOST_OF_SECOND);
}

function packageSize({ bytes, unpackedBytes, files }: Bundle, accept: boolean): boolean {
  const figures = { zipBytes: bytes, unpackedBytes, files: files.length };
  if (accept) acceptBudget('package', figures);
  const budget = readBudget('package');
  const rows = Object.entries(figures).map(([name, value]) => [name, `${value}`, `${budget[name] ?? 'none'}`]);
  console.log('the zip');
  console.log(table(['what', 'is', 'budget'], rows));
  const over = overBudget('package', figures, PACKAGE_SLACK);
  for (const line of over) console.log(`  over its budget: ${line}`);
  return atMost('figures over the budget by 1 %', over.length, 0, 0);
}
