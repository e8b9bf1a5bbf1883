/**
 * What runs in a viewer function's own context before it, and around each of its runs: so that what it is handed is made
 * of that context's objects. Goes there as text like the worker (`PRELUDE`), and leans on nothing outside this file.
 */
import type { HostParts } from './worker.ts';

type Scope = Record<string, unknown>;

interface Clock {
  /** Milliseconds since 1970. */
  now: number;
}

interface Outcome {
  /** Did the handler return, or its promise settle? */
  done: boolean;
  /** JSON. */
  output?: string;
  error?: string;
}

/** Makes the context CloudFront's, and gives the function that runs a wrapped source once. */
export function prepareContext(host: HostParts) {
  const scope = globalThis as unknown as Scope;
  const { parse, stringify } = JSON;
  const [print, keysOf, define] = [String, Object.getOwnPropertyNames, Object.defineProperty];
  const clock: Clock = { now: 0 };
  prune(scope, host);
  const cloudfront = cloudfrontModule(host);
  const moduleOf = (name: string, imported: boolean) => {
    const found = imported && name === 'cloudfront' ? cloudfront : host.module(name);
    if (!found) throw new Error(`Cannot find module "${name}"`);
    return found;
  };
  const line = (value: unknown) =>
    typeof value === 'object' && value !== null ? (stringify(value) ?? print(value)) : print(value);
  const own: Scope = {
    ...host.added,
    Date: frozenDate(clock),
    // Of several arguments the first is written: commas are not supported (CFDG).
    console: { log: (value: unknown) => host.log(line(value)) },
    require: (name: string) => moduleOf(name, false),
  };
  for (const name of Object.keys(own)) define(scope, name, { value: own[name], writable: true, configurable: true });
  const known = keysOf(scope).concat('$run');

  return (main: unknown, event: string, rawQuery: string, now: number): Outcome => {
    const outcome: Outcome = { done: false };
    const succeed = (value: unknown) => {
      outcome.output = stringify(value);
      outcome.done = true;
    };
    const fail = (error: unknown) => {
      outcome.error = print(error);
      outcome.done = true;
    };
    clock.now = now;
    for (const name of keysOf(scope)) if (!known.includes(name)) delete scope[name];
    try {
      const given = parse(event);
      // Not enumerable: a method of the request, not a part of it (CFDG general-helper-methods).
      if (given.request) define(given.request, 'rawQueryString', { value: () => rawQuery });
      const handler = (main as (imports: unknown) => (event: unknown) => unknown)((name: string) =>
        moduleOf(name, true),
      );
      const value = handler(given) as PromiseLike<unknown> | undefined;
      if (typeof value?.then === 'function') value.then(succeed).then(undefined, fail);
      else succeed(value);
    } catch (error) {
      fail(error);
    }
    return outcome;
  };
}

/** Takes away what the guide does not list. */
function prune(scope: Scope, { globals, methods, always }: HostParts): void {
  const keysOf = Object.getOwnPropertyNames;
  for (const path of Object.keys(methods)) {
    const object = path.split('.').reduce((found, name) => found[name] as Scope, scope);
    for (const name of keysOf(object)) {
      const method = Object.getOwnPropertyDescriptor(object, name)?.value;
      const kept = methods[path]?.includes(name) || always.includes(name);
      if (typeof method === 'function' && !kept) delete object[name];
    }
  }
  for (const name of keysOf(scope)) if (!globals.includes(name)) delete scope[name];
}

/** Time stands still during a run (CFDG). */
function frozenDate(clock: Clock): unknown {
  const RealDate = Date;
  function FixedDate(this: unknown, ...given: [number]) {
    if (!new.target) return new RealDate(clock.now).toString();
    return (given.length as number) === 0 ? new RealDate(clock.now) : new RealDate(...given);
  }
  FixedDate.prototype = RealDate.prototype;
  FixedDate.now = () => clock.now;
  FixedDate.UTC = RealDate.UTC;
  FixedDate.parse = RealDate.parse;
  RealDate.prototype.constructor = FixedDate as unknown as DateConstructor;
  return FixedDate;
}

/** `import cf from 'cloudfront'`: reads of the associated store (CFDG functions-custom-methods). */
function cloudfrontModule(host: HostParts) {
  const { parse } = JSON;
  const format = (value: string, wanted: string | undefined) => {
    if (wanted === 'json') return parse(value);
    return wanted === 'bytes' ? host.bytes(value) : value;
  };
  const store = {
    async get(key: string, options?: { format?: string }) {
      const value = host.get(`${key}`);
      // The guide says that it fails; the words are inferred.
      if (value === undefined) throw new Error(`Key not found: ${key}`);
      return format(value, options?.format);
    },
    exists: async (key: string) => host.get(`${key}`) !== undefined,
    count: async () => host.count(),
    meta: async () => ({ keyCount: host.count() }),
  };
  const notModelled = (name: string) => () => {
    throw new Error(`cf.${name} is not modelled by the local AWS`);
  };
  return {
    kvs(id?: string) {
      if (host.storeId === undefined) throw new Error('No key value store is associated with this function');
      if (id !== undefined && id !== host.storeId) throw new Error(`${id} is not this function's key value store`);
      return store;
    },
    updateRequestOrigin: notModelled('updateRequestOrigin'),
    selectRequestOriginById: notModelled('selectRequestOriginById'),
    createRequestOriginGroup: notModelled('createRequestOriginGroup'),
  };
}

/** An expression that is `prepareContext`. */
export const PRELUDE = `(() => {
${[prune, frozenDate, cloudfrontModule, prepareContext].map(String).join('\n')}
return ${prepareContext.name};
})()`;
