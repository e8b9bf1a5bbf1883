/** The benchmarks by name, in the order in which they run. */
import { benchBurst } from './burst.ts';
import { benchCold } from './cold.ts';
import { benchLadder } from './ladder.ts';
import { benchMemory } from './memory.ts';
import { benchOrigin } from './origin.ts';
import { benchPeers } from './peers.ts';
import { benchStart } from './start.ts';
import { benchTrigger } from './trigger.ts';
import { benchWarm } from './warm.ts';

export interface Part {
  what: string;
  /** For docs/performance.md: what is compared, and how to read the table. */
  reads: string;
  /** Prints its tables; true when it kept every target. */
  run(options: PartOptions): Promise<boolean>;
}

export interface PartOptions {
  /** Takes what is measured as the new budget. */
  accept: boolean;
}

export type PartName = keyof typeof PARTS;

export const PARTS = {
  start: {
    what: 'how soon the command line answers',
    reads: 'Whole processes, as multiples of an empty `node`.',
    run: benchStart,
  },
  cold: {
    what: 'how soon a new execution environment is ready',
    reads:
      'Whole processes, as multiples of an empty `node`: what a cold start adds at the edge. Node.js 22 and 24 run too when `deploy --check-runtime` got them, or `NODE22` and `NODE24` name them. `first/second` are the times of the first requests of a fresh process, the signed GET from a server on this machine included. bench/budget.json holds the accepted size of the zip; 1 % more breaks it, `npm run bench -- cold --accept` takes new figures.',
    run: benchCold,
  },
  warm: {
    what: 'the handler over bare sharp, original in memory',
    reads:
      'Bare sharp is `sharp(original).autoOrient().resize(w, h, { fit: "cover" })` and the very encoder options that the handler used, so both make the same picture: the SSIM column is measured. The handler reads the event too, and writes its response as JSON with base64. CPU and wall are ratios, below 1 the handler is faster; targets hold for CPU, which is what an edge of one core or less pays. Rows with more than one encode are pictures that bare sharp leaves over the response limit; they do not count in the targets.',
    run: benchWarm,
  },
  origin: {
    what: 'the handler with the signed GET of the original',
    reads:
      'As `warm`, but the handler reads the original from a server in another process on this machine, over HTTP, with a signature. Bare sharp still has it in memory.',
    run: benchOrigin,
  },
  peers: {
    what: 'the handler over others',
    reads:
      'ipx is pinned in bench/peers/package.json and brings its own sharp. It ignores EXIF orientation, so turned originals come out lying and cheaper. vipsthumbnail is measured where it is installed: `process` is one picture in a new process, which for the function means starting Node; `further` is each picture after that, the signed GET included.',
    run: benchPeers,
  },
  memory: {
    what: 'peak resident memory of the function',
    reads:
      'The zip as it is deployed, in a process of plain Node. bench/budget.json holds what was accepted; 15 % more breaks it, `npm run bench -- memory --accept` takes new figures.',
    run: benchMemory,
  },
  ladder: {
    what: 'fitting the response limit',
    reads:
      'Mosaics with more and less grain, at qualities from 80 up, that come out over the limit at first. `became` is the quality that was sent.',
    run: benchLadder,
  },
  burst: {
    what: 'many new variants at once',
    reads:
      'The deployed zip on the local AWS, asked through its CDN; the requests wait for a free execution environment.',
    run: benchBurst,
  },
  trigger: {
    what: 'origin-request against origin-response',
    reads:
      'With `trigger: "origin-request"` the function answers before CloudFront asks S3. Reads are counted by the local AWS; its S3 is on the same machine, so the milliseconds save less than over a network.',
    run: benchTrigger,
  },
} satisfies Record<string, Part>;

export function isPart(name: string): name is PartName {
  return Object.hasOwn(PARTS, name);
}
