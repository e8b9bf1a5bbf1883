/** One user at one local AWS: a home folder, a `dev` server, and the CLI run in it. */
import {
  type CliResult,
  type DevServer,
  localEnvironment,
  runCli,
  startDev,
  temporaryFolder,
} from '../builders/cli.ts';

export interface Session {
  home: string;
  dev: DevServer;
  env: Record<string, string>;
  /** Runs the CLI; its status is the caller's to judge. */
  cli(...args: string[]): Promise<CliResult>;
  /** Runs the CLI and throws its whole output unless it ended with 0. */
  ok(...args: string[]): Promise<CliResult>;
  /** Stops the server and starts it on other ports, with the same --data. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** No delays unless a test is about them: the waits themselves are tested where they matter. */
const QUICK = 'role=0,deploy=0,lambda=0,invalidation=0,replica=0';

export async function startSession(
  options: { delays?: string; keep?: boolean; dev?: string[] } = {},
): Promise<Session> {
  const folder = temporaryFolder();
  const args = ['--delays', options.delays ?? QUICK, ...(options.dev ?? [])];
  if (options.keep) args.push('--data', `${folder.path}/aws`);
  const start = () => startDev({ home: folder.path, args });
  const session: Session = {
    home: folder.path,
    dev: await start(),
    env: {},
    cli: (...words) => runCli(words, { cwd: folder.path, env: session.env }),
    async ok(...words) {
      const result = await session.cli(...words);
      if (result.status !== 0) {
        throw new Error(`edge-resize ${words.join(' ')}: status ${result.status}\n${result.stderr}\n${result.stdout}`);
      }
      return result;
    },
    async restart() {
      await session.dev.stop();
      session.dev = await start();
      session.env = localEnvironment(folder.path, session.dev.aws);
    },
    async end() {
      await session.dev.stop();
      folder.remove();
    },
  };
  session.env = localEnvironment(folder.path, session.dev.aws);
  return session;
}

/** Fetches through the CDN as a viewer near `region` would. `path` is sent as it is. */
export async function view(session: Session, path: string, region = 'eu-west-1') {
  const response = await fetch(session.dev.cdn + path, { headers: { 'x-edge-location': region } });
  return {
    status: response.status,
    headers: response.headers,
    body: Buffer.from(await response.arrayBuffer()),
    cache: response.headers.get('x-cache') ?? '',
    note: response.headers.get('edge-resize') ?? '',
  };
}
