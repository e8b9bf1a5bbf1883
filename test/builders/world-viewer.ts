/** CloudFront Functions and key value stores of an account in memory. */
import { createHash } from 'node:crypto';
import { Refused } from '../../src/aws/ports/refused.ts';
import type { SigningKeysPort } from '../../src/aws/ports/signing-keys.ts';
import type { ViewerContent, ViewerPort } from '../../src/aws/ports/viewer.ts';
import type { KeyStore, ViewerStage } from '../../src/core/state.ts';
import { ACCOUNT, type AccountWorld, the, write } from './world.ts';

export interface KeyStoreRow extends KeyStore {
  secrets?: { current: string; previous?: string };
  etag: string;
}

type Id = (prefix: string) => string;

export function viewerOf(world: AccountWorld, id: Id): ViewerPort {
  const fn = (name: string, etag: string) => {
    const found = the(world.viewers.get(name), `CloudFront Function ${name}`);
    if (found.development.etag !== etag) throw new Refused('stale', 'PreconditionFailed');
    return found;
  };
  const stage = ({ code, runtime, store }: ViewerContent): ViewerStage => ({ code, runtime, store, etag: id('F') });
  return {
    getFunction: async (name) => structuredClone(world.viewers.get(name)),
    async createFunction({ name, tags, ...content }) {
      write(world, 'viewer.create');
      const arn = `arn:aws:cloudfront::${ACCOUNT}:function/${name}`;
      world.viewers.set(name, { arn, development: stage(content), live: undefined, tags });
    },
    async updateFunction(name, content, etag) {
      const found = fn(name, etag);
      write(world, 'viewer.update');
      found.development = stage(content);
    },
    async testFunction(name, etag, event) {
      fn(name, etag);
      const { querystring } = (event as { request: { querystring: Record<string, { value: string }> } }).request;
      const canonical = { d: { value: querystring.d?.value.toLowerCase() } };
      const output = world.testResult ?? { request: { querystring: canonical } };
      return { output, error: undefined, logs: [], timeUsed: 23 };
    },
    async publishFunction(name, etag) {
      const found = fn(name, etag);
      write(world, 'viewer.publish');
      found.live = { ...found.development, etag: id('F') };
    },
    getKeyStore: async (name) => structuredClone(world.keyStores.get(name)),
    async createKeyStore({ name, tags }) {
      write(world, 'keyStore.create');
      const arn = `arn:aws:cloudfront::${ACCOUNT}:key-value-store/${id('K')}`;
      const made = { arn, status: 'READY', tags, etag: id('KV') };
      world.keyStores.set(name, made);
      return made;
    },
    async tag(arn, tags) {
      write(world, 'cloudfront.tag');
      const found = [...world.viewers.values(), ...world.keyStores.values()].find((one) => one.arn === arn);
      Object.assign(the(found, arn).tags, tags);
    },
  };
}

export function signingKeysOf(world: AccountWorld, id: Id): SigningKeysPort {
  const row = (arn: string) =>
    the(
      [...world.keyStores.values()].find((one) => one.arn === arn),
      `key value store ${arn}`,
    );
  return {
    async read(arn) {
      const { secrets, etag } = row(arn);
      return { keys: secrets && keysOf(secrets), etag };
    },
    async write(arn, secrets, etag) {
      const found = row(arn);
      write(world, 'keys.write');
      if (found.etag !== etag) {
        world.writes.pop();
        throw new Refused('stale', 'The store has another ETag');
      }
      Object.assign(found, { secrets, etag: id('KV') });
      return keysOf(secrets);
    },
  };
}

function keysOf({ current, previous }: { current: string; previous?: string }) {
  return { current: keyOf(current), ...(previous !== undefined && { previous: keyOf(previous) }) };
}

function keyOf(secret: string) {
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret };
}
