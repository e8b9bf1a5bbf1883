/** Steps on the keys of signed URLs. Secrets are made and written here, and never reported, journalled or kept. */
import type { SigningKeys } from '../aws/ports/signing-keys.ts';
import { ownerMark, ownerTags } from '../core/names.ts';
import type { StepOf } from '../core/plan/types.ts';
import { AppError } from '../errors.ts';
import type { Run } from './deps.ts';
import { pollUntil, untilAccepted } from './wait.ts';

/** As long as the hash of the signature: HMAC-SHA256 gains nothing by more. */
const KEY_BYTES = 32;

export async function createKeyStore(step: StepOf<'cloudfront.createKeyStore'>, run: Run): Promise<string> {
  const { name, store, distribution } = step;
  const comment = ownerMark(name);
  const tags = ownerTags(name, distribution);
  const made = await (await run.ports.viewer()).createKeyStore({ name: store, comment, tags });
  run.outputs['keyStore.arn'] = made.arn;
  await readyStore(store, run);
  return `key value store ${store}`;
}

/** Puts a key only where there is none: a key that URLs were signed with is never lost to a second run. */
export async function putSigningKey({ store }: StepOf<'cloudfront.putSigningKey'>, run: Run): Promise<string> {
  const arn = await readyStore(store, run);
  const keys = await run.ports.signingKeys();
  const id = await untilAccepted(
    ['stale'],
    async () => {
      const present = await keys.read(arn);
      if (present.keys) return present.keys.current.id;
      return (await keys.write(arn, { current: newSecret(run) }, present.etag)).current.id;
    },
    run,
  );
  return `signing key ${id} in ${store}`;
}

/** The current key becomes the previous one, and what was the previous one is gone. @throws AppError KEYS_STALE */
export async function rotateSigningKey(step: StepOf<'cloudfront.rotateSigningKey'>, run: Run): Promise<string> {
  const { store, replaces } = step;
  const arn = await readyStore(store, run);
  const keys = await run.ports.signingKeys();
  const secret = newSecret(run);
  let written = false;
  const present = await untilAccepted(
    ['stale'],
    async () => {
      const { keys: found, etag } = await keys.read(arn);
      if (written && found?.current.secret === secret) return found;
      if (!found || !sameIds(found, replaces)) throw stale(store);
      written = true;
      return keys.write(arn, { current: secret, previous: found.current.secret }, etag);
    },
    run,
  );
  return `signing key ${present.current.id} in ${store}; ${replaces.current} is still accepted`;
}

function sameIds({ current, previous }: SigningKeys, ids: { current: string; previous?: string }): boolean {
  return current.id === ids.current && previous?.id === ids.previous;
}

function stale(store: string): AppError {
  return new AppError('KEYS_STALE', `the keys in ${store} changed since the plan was shown`, {
    why: 'Someone else rotated them. They were left as they are.',
    fix: 'edge-resize keys list',
  });
}

/** Waits until a new store can be used; its ARN. @throws AppError WAIT_TIMEOUT, NOT_SET_UP */
async function readyStore(store: string, run: Run): Promise<string> {
  const { clock, signal, retry } = run.deps;
  const viewer = await run.ports.viewer();
  const ready = await pollUntil(
    async () => {
      const found = await viewer.getKeyStore(store);
      return found?.status === 'READY' ? found.arn : undefined;
    },
    { clock, signal, pace: retry, tick: () => run.progress('CloudFront prepares it') },
  );
  if (ready !== undefined) return ready;
  throw new AppError('WAIT_TIMEOUT', `the key value store ${store} is not ready after ${retry.limit / 1000} s`, {
    why: 'CloudFront is still preparing it, and goes on.',
    fix: 'run the command again: it goes on where this stopped',
  });
}

function newSecret({ deps }: Run): string {
  if (!deps.random) throw new Error('a plan with keys was applied without a source of random bytes');
  return Buffer.from(deps.random(KEY_BYTES)).toString('base64url');
}
