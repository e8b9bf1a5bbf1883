/** Drives the built CLI as a user would: child processes, an empty AWS environment, a folder of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = resolve(import.meta.dirname, '../..');
export const IMAGES = join(ROOT, 'test/fixtures/images');
const BIN = join(ROOT, 'dist/bin/edge-resize.js');

export interface CliResult {
  status: number | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

export interface DevServer {
  aws: string;
  cdn: string;
  stop(): Promise<void>;
}

/** A temporary folder, removed by `remove`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** An environment with nothing of the caller's AWS settings in it. */
export function cleanEnvironment(home: string, extra: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    // One for the whole run: see test/cache-folder.ts.
    ...(process.env.XDG_CACHE_HOME && { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }),
    AWS_CONFIG_FILE: join(home, 'no-config'),
    AWS_SHARED_CREDENTIALS_FILE: join(home, 'no-credentials'),
    AWS_EC2_METADATA_DISABLED: 'true',
    ...extra,
  };
}

/** The environment of a user of the local AWS. */
export function localEnvironment(
  home: string,
  aws: string,
  extra: Record<string, string> = {},
): Record<string, string> {
  return cleanEnvironment(home, {
    AWS_ENDPOINT_URL: aws,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
    ...extra,
  });
}

export interface RunOptions {
  cwd: string;
  env: Record<string, string>;
  /** Is given both streams as they come. */
  watch?: (text: string) => void;
  /** Is given the process, to send it signals. */
  started?: (child: ChildProcess) => void;
}

/** Runs `edge-resize ARGS` to its end. */
export function runCli(args: string[], options: RunOptions): Promise<CliResult> {
  return runProgram(process.execPath, [BIN, ...args], options);
}

/** Runs any program to its end, its streams collected as text. */
export function runProgram(
  program: string,
  args: string[],
  { watch, started, ...options }: RunOptions,
): Promise<CliResult> {
  const begun = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    started?.(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      watch?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      watch?.(text);
    });
    child.on('error', fail);
    child.on('close', (status) => done({ status, stdout, stderr, milliseconds: performance.now() - begun }));
  });
}

/** Starts `edge-resize dev` on free ports and waits for its ready line. */
export async function startDev(options: { home: string; args?: string[] }): Promise<DevServer> {
  const child = spawn(
    process.execPath,
    [BIN, 'dev', '--json', '--port', '0', '--aws-port', '0', ...(options.args ?? [])],
    {
      cwd: options.home,
      env: cleanEnvironment(options.home),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.on('close', done));
  const ready = new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done));
  const line = await Promise.race([
    ready,
    ended.then((status) => {
      throw new Error(`dev ended with ${status} before it was ready:\n${stderr}`);
    }),
  ]);
  const urls = JSON.parse(line) as { aws: string; cdn: string };
  return {
    ...urls,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export interface LoggedRequest {
  service: string;
  operation: string;
  region: string;
  write: boolean;
  status: number;
}

/** The calls that the local AWS answered since the log was last cleared. */
export async function requestLog(aws: string): Promise<LoggedRequest[]> {
  return (await (await fetch(`${aws}/_local/requests`)).json()) as LoggedRequest[];
}

export async function clearRequestLog(aws: string): Promise<void> {
  await fetch(`${aws}/_local/requests`, { method: 'DELETE' });
}
