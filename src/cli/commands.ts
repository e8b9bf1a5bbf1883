/**
 * The commands as data: names, flags, examples, and which function runs. A command is imported when it is started,
 * never before, so that help costs no library.
 */
import type { DeployOptions } from '../commands/deploy.ts';
import type { DevOptions } from '../commands/dev.ts';
import type { InvalidateOptions } from '../commands/invalidate.ts';
import type { LogsOptions } from '../commands/logs.ts';
import type { SetupOptions } from '../commands/setup.ts';
import type { Context } from '../context.ts';
import { URL_COMMAND } from './url.ts';
import { count, duration, endpoint, list, port } from './values.ts';

/** Runs a command; resolves to the exit status. */
export type Start = (context: Context) => Promise<number>;

export interface Flag {
  /** As Commander wants it: `--since <time>`. */
  flags: string;
  description: string;
  /** The value of a text, undefined when it is none. */
  parse?: (text: string) => unknown;
  /** What `parse` wants, to end "Give …". */
  expects?: string;
  choices?: string[];
}

export interface CommandSpec {
  name: string;
  summary: string;
  /** Positional arguments, as Commander wants them, and what they are. */
  argument?: { name: string; description: string };
  flags: Flag[];
  /** Flags of every command that this one refuses, as in their table. */
  without?: string[];
  /** Further paragraphs of the help, each line at most 80 columns. */
  notes?: string[];
  examples: string[];
  start: (args: string[], options: Record<string, unknown>) => Start;
}

/** Known by every command, in any position. */
export const GLOBAL_FLAGS: Flag[] = [
  { flags: '--config <file>', description: 'config file (default: found upward from here)' },
  { flags: '--profile <name>', description: 'AWS profile' },
  {
    flags: '--endpoint-url <url>',
    description: 'send AWS calls there, such as a local AWS',
    parse: endpoint,
    expects: 'an address like http://127.0.0.1:4566',
  },
  { flags: '--json', description: 'print JSON, errors included' },
  { flags: '-y, --yes', description: 'do not ask' },
  { flags: '--dry-run', description: 'show the plan and stop' },
  { flags: '--no-input', description: 'never ask: without --yes, status 5' },
  { flags: '--color', description: 'colour even where no terminal is' },
  { flags: '--no-color', description: 'no colour' },
  { flags: '-q, --quiet', description: 'print results and warnings only' },
  { flags: '-v, --verbose', description: 'print request ids, causes, library warnings' },
  { flags: '--version', description: 'print the version' },
  { flags: '-h, --help', description: 'print this help' },
];

const WAITING: Flag[] = [
  { flags: '--no-wait', description: 'do not wait until CloudFront has deployed' },
  {
    flags: '--wait-timeout <time>',
    description: 'stop waiting after this long, status 124 (default: 30m)',
    parse: duration,
    expects: 'a time like 90s, 30m or 1h',
  },
];

export const COMMANDS: CommandSpec[] = [
  {
    name: 'setup',
    summary: 'make a bucket and a distribution ready for resized images',
    flags: [
      { flags: '--bucket <name>', description: 'bucket of the originals, made when missing' },
      { flags: '--distribution <id>', description: 'use this distribution instead of making one' },
      { flags: '--name <name>', description: 'names what is made: edge-resize-NAME (default: from the bucket)' },
      { flags: '--region <region>', description: 'region of the bucket (default: AWS_REGION, or us-east-1)' },
      {
        flags: '--grant <how>',
        description: 'how the role may read the originals',
        choices: ['bucket-policy', 'role-policy'],
      },
      { flags: '--upload <folder>', description: 'put the images of a folder into the bucket; other files stay out' },
    ],
    examples: [
      'edge-resize setup --bucket my-photos --region eu-west-1',
      'edge-resize setup --bucket my-photos --distribution E2ABC3DEF4GHI5 --dry-run',
      'edge-resize setup --bucket my-photos --upload ./images --yes',
    ],
    start: (_args, options) => async (context) => {
      const { setup } = await import('../commands/setup.ts');
      return setup(context, options as SetupOptions);
    },
  },
  {
    name: 'deploy',
    summary: 'package the resizer and put it on the distribution',
    flags: [
      ...WAITING,
      {
        flags: '--check-runtime',
        description: "try the package with the runtime's Node.js (once 50 MB by npm)",
      },
    ],
    examples: ['edge-resize deploy', 'edge-resize deploy --dry-run', 'edge-resize deploy --yes --no-wait'],
    start: (_args, options) => async (context) => {
      const { deploy } = await import('../commands/deploy.ts');
      return deploy(context, withoutWait(options) as DeployOptions);
    },
  },
  {
    name: 'invalidate',
    summary: 'remove images from the caches, all sizes or some',
    argument: { name: '[path...]', description: 'images as their URL says: /photos/cat.jpg, or /photos/*' },
    flags: [
      { flags: '--size <size...>', description: 'only these, as d has them: 100x100, 300x,f=webp, or a preset' },
      { flags: '--all', description: 'everything: /*' },
      { flags: '--wait', description: 'wait until the edges are done' },
      {
        flags: '--wait-timeout <time>',
        description: 'stop waiting after this long, status 124 (default: 15m)',
        parse: duration,
        expects: 'a time like 90s, 30m or 1h',
      },
    ],
    notes: [
      'A path without --size covers all sizes of the image, as PATH*, which also covers longer names. --size without a path looks up every image of the bucket. CloudFront counts paths: 1,000 a month are free for an account, then each costs $0.005.',
    ],
    examples: [
      'edge-resize invalidate /photos/cat.jpg',
      'edge-resize invalidate /photos/cat.jpg --size 100x100 300x200 --wait',
      'edge-resize invalidate --size 100x100 --dry-run',
      'edge-resize invalidate --all --yes',
    ],
    start: (paths, options) => async (context) => {
      const { invalidate } = await import('../commands/invalidate.ts');
      return invalidate(context, { ...options, paths } as InvalidateOptions);
    },
  },
  URL_COMMAND,
  {
    name: 'keys',
    summary: 'list or rotate the keys of signed URLs',
    argument: { name: '<list|rotate>', description: 'list: ids of the keys that are accepted; rotate: make a new one' },
    flags: [],
    notes: [
      'Two keys are accepted at a time: the current one, which signs, and the one before it. Rotating makes a new current key, so URLs signed with the key before the last one are refused. Keys are kept in CloudFront and never shown; an id is a fingerprint.',
    ],
    examples: ['edge-resize keys list', 'edge-resize keys rotate --dry-run', 'edge-resize keys rotate --yes'],
    start:
      ([action], _options) =>
      async (context) => {
        const { keys } = await import('../commands/keys.ts');
        return keys(context, { action });
      },
  },
  {
    name: 'logs',
    summary: 'show the logs of all regions as one stream',
    flags: [
      { flags: '--since <time>', description: 'from then on: 10m, 2h, 1d, or an ISO time, UTC if bare (default: 10m)' },
      { flags: '--follow', description: 'go on until Ctrl-C' },
      { flags: '--region <a,b>', description: 'only these regions; +a adds one to the 13 known ones', parse: list },
      { flags: '--filter <text>', description: 'only requests with this text in one of their lines' },
    ],
    notes: ['With --json each event is a line of JSON, as AWS stored it, with its region and group.'],
    examples: [
      'edge-resize logs --since 1h',
      'edge-resize logs --follow --filter cat.jpg',
      'edge-resize logs --region eu-west-1,us-east-1 --json',
    ],
    start: (_args, options) => async (context) => {
      const { logs } = await import('../commands/logs.ts');
      return logs(context, options as LogsOptions);
    },
  },
  {
    name: 'dev',
    summary: 'run a local AWS, with a CDN, to try all of this',
    flags: [
      {
        flags: '--port <port>',
        description: 'port of the CDN, 0 for any free one',
        parse: port,
        expects: 'a port, 0 to 65535',
      },
      {
        flags: '--aws-port <port>',
        description: 'port of the AWS API, 0 for any free one',
        parse: port,
        expects: 'a port, 0 to 65535',
      },
      { flags: '--data <folder>', description: 'keep everything in this folder (default: in memory)' },
      { flags: '--images <folder>', description: 'put the images of a folder into a bucket' },
      { flags: '--bucket <name>', description: 'that bucket (default: images)' },
      { flags: '--region <region>', description: 'region of that bucket (default: us-east-1)' },
      { flags: '--delays <list>', description: 'waits in ms, such as role=0,deploy=3000' },
      {
        flags: '--concurrency <n>',
        description: 'runs of one function at a time (default: 4)',
        parse: count,
        expects: 'a number, 1 to 99',
      },
    ],
    // There is no plan, and nothing of it outlives the process but what --data keeps.
    without: ['--dry-run'],
    examples: ['edge-resize dev --images ./photos', 'edge-resize dev --data .local-aws --aws-port 4566'],
    start: (_args, options) => async (context) => {
      const { dev } = await import('../commands/dev.ts');
      return dev(context, options as DevOptions);
    },
  },
];

/** Commander says `wait: false` for --no-wait. */
function withoutWait({ wait, ...options }: Record<string, unknown>): Record<string, unknown> {
  return { ...options, noWait: wait === false };
}
