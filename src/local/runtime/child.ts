/**
 * Runs inside the child process: loads the handler of an unpacked zip and answers invocations over IPC, with the log
 * lines of Lambda's own Node.js runtime. Plain Node, nothing of the parent is in here.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';
import type { ChildError, FromChild, InitMessage, InvokeMessage, ToChild } from './messages.ts';

type HandlerFunction = (event: unknown, context: unknown, callback?: unknown) => unknown;

const send = (message: FromChild, sent?: () => void) => process.send?.(message, sent ?? (() => undefined));

/** Writes a log line as Lambda does: with the id of the invocation, or `undefined` while the module loads. */
type Log = (level: string, text: string, sent?: () => void) => void;

function patchConsole(log: Log): void {
  const levels = { log: 'INFO', info: 'INFO', debug: 'DEBUG', trace: 'TRACE', warn: 'WARN', error: 'ERROR' } as const;
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...values: unknown[]) => log(level, format(...values));
  }
}

/** An error with a `Runtime.…` type, as the runtime interface client names them. */
function runtimeError(errorType: string, message: string): Error {
  return Object.assign(new Error(message), { name: errorType });
}

function describe(error: unknown): ChildError {
  if (!(error instanceof Error)) {
    return { errorType: typeof error, errorMessage: format(error), stack: [] };
  }
  return { errorType: error.name, errorMessage: error.message, stack: (error.stack ?? '').split('\n') };
}

async function loadHandler({ taskRoot, handler, callbacks }: InitMessage): Promise<HandlerFunction> {
  const dot = handler.lastIndexOf('.');
  const [moduleName, exportName] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = ['.js', '.mjs', '.cjs'].map((end) => join(taskRoot, moduleName + end)).find((path) => existsSync(path));
  if (!file) throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  const loaded = (await import(pathToFileURL(file).href).catch(importError)) as Record<string, unknown>;
  const common = loaded.default as Record<string, unknown> | undefined;
  const found = loaded[exportName] ?? common?.[exportName];
  if (typeof found !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (!callbacks && found.length >= 3) {
    throw runtimeError(
      'Runtime.CallbackHandlerDeprecated',
      'ERROR: AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. You need to modify this function to use a supported handler signature to use Node.js 24 or later.',
    );
  }
  return found as HandlerFunction;
}

function importError(error: unknown): never {
  if (error instanceof SyntaxError) throw runtimeError('Runtime.UserCodeSyntaxError', String(error));
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'MODULE_NOT_FOUND' || code === 'ERR_MODULE_NOT_FOUND') {
    throw runtimeError('Runtime.ImportModuleError', String(error));
  }
  throw error;
}

function call(handler: HandlerFunction, message: InvokeMessage): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const callback = (error: unknown, value: unknown) => (error ? reject(error) : resolve(value));
    const context = {
      ...message.context,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => message.deadline - Date.now(),
    };
    const answer = handler(message.event, context, callback);
    const promised = typeof (answer as PromiseLike<unknown> | undefined)?.then === 'function';
    // A function that answers neither by a promise nor by taking a callback is done when it returns.
    if (promised || handler.length < 3) resolve(answer);
  });
}

async function invoke(handler: HandlerFunction, message: InvokeMessage, log: Log): Promise<void> {
  try {
    const value = await call(handler, message);
    send({ type: 'result', json: JSON.stringify(value) ?? 'null', peakBytes: peakBytes() });
  } catch (error) {
    const described = describe(error);
    log('ERROR', `Invoke Error \t${JSON.stringify(described)}`);
    send({ type: 'error', error: described, peakBytes: peakBytes() });
  }
}

/** Largest resident set so far. */
const peakBytes = () => process.resourceUsage().maxRSS * 1024;

/** Lambda ends the process on these, with the statuses of its runtime client. */
function dieOnUncaught(log: Log): void {
  process.on('unhandledRejection', (reason) => {
    const described = describe(reason);
    const error = { ...described, errorType: 'Runtime.UnhandledPromiseRejection', reason: described };
    log('ERROR', `Unhandled Promise Rejection \t${JSON.stringify(error)}`, () => process.exit(128));
  });
  process.on('uncaughtException', (error) => {
    log('ERROR', `Uncaught Exception \t${JSON.stringify(describe(error))}`, () => process.exit(129));
  });
}

async function initialise(message: InitMessage, log: Log): Promise<HandlerFunction | undefined> {
  try {
    const handler = await loadHandler(message);
    send({ type: 'ready' });
    return handler;
  } catch (error) {
    const described = describe(error);
    log('ERROR', `Uncaught Exception \t${JSON.stringify(described)}`);
    send({ type: 'initError', error: described });
    return undefined;
  }
}

function main(): void {
  let handler: HandlerFunction | undefined;
  let requestId: string | undefined;
  const log: Log = (level, text, sent) => {
    send({ type: 'log', line: `${new Date().toISOString()}\t${requestId}\t${level}\t${text}` }, sent);
  };
  patchConsole(log);
  dieOnUncaught(log);
  process.on('message', async (message: ToChild) => {
    if (message.type === 'init') {
      handler = await initialise(message, log);
    } else if (handler) {
      requestId = message.context.awsRequestId;
      await invoke(handler, message, log);
    }
  });
  // The parent went: so does this process, whatever the handler still waits for.
  process.on('disconnect', () => process.exit(0));
}

main();
