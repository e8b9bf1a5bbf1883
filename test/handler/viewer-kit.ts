/** The viewer function as it is built and deployed, run in this process or in the local AWS's worker. */
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import vm from 'node:vm';
import { buildViewer } from '../../build/viewer.mjs';
import type { Rules } from '../../handler/grammar.ts';
import type { ViewerRequest, ViewerResponse, ViewerValue } from '../../handler/viewer/event.ts';
import { makeViewerCode } from '../../src/bundle/viewer.ts';
import { createViewerRuntime } from '../../src/local/viewer/index.ts';
import { temporaryFolder } from '../bundle/built-handler.ts';

export const EVERYTHING: Rules = {
  maxWidth: 4096,
  maxHeight: 4096,
  quality: 80,
  families: ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'],
  unlisted: 'snap',
  presets: { thumb: '150x150,f=webp', wide: '1600x', any: '99x99,f=auto' },
  presetsOnly: false,
};

export interface Kind {
  rules?: Rules;
  onInvalid?: 'original' | '400';
  signed?: boolean;
  keepOthers?: boolean;
}

export type Answer = ViewerRequest | ViewerResponse;

/** Builds once; gives the code for each set of rules. */
export async function viewerCodes(): Promise<(kind?: Kind) => Promise<string>> {
  const folder = temporaryFolder();
  await buildViewer(folder);
  return async ({ rules = EVERYTHING, onInvalid = 'original', signed = false, keepOthers = false } = {}) =>
    (await makeViewerCode({ folder, rules, onInvalid, signed, keepOthers })).code;
}

/** The function, compiled in a context of its own. Imports are what Node has under the same names, and `signing` of a store. */
export function compiled(code: string, signing?: () => unknown): (event: unknown) => unknown {
  const require = createRequire(import.meta.url);
  const cloudfront = { kvs: () => ({ get: async () => signing?.() }) };
  const script = code.replace(/import (\w+) from ?"(\w+)";/g, (_, name: string, from: string) => {
    return `const ${name}=load(${JSON.stringify(from)});`;
  });
  const load = (name: string) => (name === 'cloudfront' ? cloudfront : require(name));
  return vm.runInNewContext(`'use strict';${script};handler`, { load }) as (event: unknown) => unknown;
}

export function request(query: string, accept?: string, changes: Partial<ViewerRequest> = {}): ViewerRequest {
  const headers: Record<string, ViewerValue> = accept === undefined ? {} : { accept: { value: accept } };
  return { method: 'GET', uri: '/cat.jpg', querystring: querystringOf(query), headers, ...changes };
}

/** As CloudFront parses a query: a name once, with all of its values. */
export function querystringOf(query: string): Record<string, ViewerValue> {
  const fields: Record<string, ViewerValue> = Object.create(null);
  for (const pair of query.split('&').filter((part) => part !== '')) {
    const at = pair.indexOf('=');
    const [name, value] = at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    const known = fields[name];
    if (known) known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
    else fields[name] = { value };
  }
  return fields;
}

/** The query that goes on; a response's status. */
export function outcome(answer: unknown): string | number {
  const { querystring, statusCode } = answer as { querystring?: string; statusCode?: number };
  return statusCode ?? querystring ?? '';
}

/** Runs a code as the local AWS does: its language, globals and methods, and a store with the entry `signing`. */
export function inWorker(): {
  run(code: string, request: ViewerRequest, signing?: string): Promise<unknown>;
  close(): void;
} {
  const runtime = createViewerRuntime();
  const store = 'arn:aws:cloudfront::000000000000:key-value-store/11111111-2222-3333-4444-555555555555';
  return {
    async run(code, request, signing) {
      const arn = 'arn:aws:cloudfront::000000000000:function/edge-resize-test';
      const fn = {
        arn,
        name: 'edge-resize-test',
        runtime: 'cloudfront-js-2.0',
        code,
        etag: code,
        keyValueStore: store,
      };
      const keyValues = { get: (key: string) => (key === 'signing' ? signing : undefined), count: () => 1 };
      const context = { eventType: 'viewer-request' };
      const { output, error } = await runtime.run({ fn, keyValues, event: { version: '1.0', context, request } });
      if (error) throw new Error(error);
      return output;
    },
    close: () => runtime.close(),
  };
}

/** As a shell would: HMAC-SHA256 in base64url. */
export function signatureOf(key: string, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64url');
}
