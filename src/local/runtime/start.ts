/** Starts an execution environment of a version in a region: unpacks its zip, assumes its role, starts the process. */
import type { FunctionVersion, Principal, World } from '../world.ts';
import { environmentOf, logGroupOf } from './environment.ts';
import { unpackFor } from './host-sharp.ts';
import { streamName } from './lines.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

export interface StartParts {
  world: World;
  /** Path of the built child script. */
  script: string;
  /** Folder under which zips are unpacked. */
  folder: string;
  /** Folder of the sharp that this host runs in place of the zip's; undefined where it runs the zip's own. */
  hostSharp?: string | undefined;
  /** URL of the AWS endpoint. */
  awsUrl(): string;
  /** Environment of this process, of which only PATH and LD_LIBRARY_PATH are passed on. */
  host: Record<string, string | undefined>;
  /** 32 hex digits. */
  newStreamId(): string;
}

export interface RunningEnvironment {
  sandbox: Sandbox;
  region: string;
  logStream: string;
  /** The role as its session. */
  principal: Principal;
  usable(): boolean;
  end(): void;
}

/** Runtimes whose handlers may still take a callback (AWS-FACTS 1.4). */
const CALLBACKS = /^nodejs(?:[0-9]|1\d|2[0-3])\.x$/;

/** An environment ends this long before its keys do, as Lambda recycles its own. */
const CREDENTIAL_MARGIN_MS = 5 * 60_000;

/** @throws AwsError AccessDenied when the role cannot be assumed; Error when the zip cannot be unpacked. */
export async function startEnvironment(
  parts: StartParts,
  version: FunctionVersion,
  region: string,
): Promise<RunningEnvironment> {
  const { world, host } = parts;
  const credential = world.iam.assumeRoleFor(version.role, 'edgelambda.amazonaws.com', version.functionName);
  const taskRoot = await unpackFor(
    parts.hostSharp,
    world.store.getBlob(version.codeBlob),
    parts.folder,
    version.codeBlob,
  );
  const logGroup = logGroupOf(version);
  const logStream = streamName(world.now(), version.functionName, version.version, parts.newStreamId());
  const awsUrl = parts.awsUrl();
  const { handler } = version;
  const sandbox = await startSandbox(
    {
      script: parts.script,
      env: environmentOf({ version, region, credential, taskRoot, logGroup, logStream, awsUrl, host }),
      init: {
        type: 'init',
        taskRoot,
        handler,
        callbacks: CALLBACKS.test(version.runtime) || !world.enforces('runtime.callback-handler'),
      },
      memoryBytes: world.enforces('runtime.memory') ? version.memorySize * 1_048_576 : Number.POSITIVE_INFINITY,
    },
    world.now,
  );
  const { expiresAt = Number.POSITIVE_INFINITY } = credential;
  return {
    sandbox,
    region,
    logStream,
    principal: credential.principal,
    usable: () => !sandbox.failure && sandbox.alive() && world.now() < expiresAt - CREDENTIAL_MARGIN_MS,
    end: () => sandbox.end(),
  };
}
