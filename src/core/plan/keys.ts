/** What rotating the keys of signed URLs has to do. */
import { AppError } from '../../errors.ts';
import { resourceName } from '../names.ts';
import type { KeyStore, SigningKeyIds } from '../state.ts';
import { checkName } from './ownership.ts';
import { base } from './step.ts';
import type { Plan, Step } from './types.ts';

export interface RotateDesired {
  name: string;
  account: string;
  distribution: string | undefined;
}

/** A store, with the ids of its keys once it is ready and has some. */
export type KeysActual = KeyStore & { keys: SigningKeyIds | undefined };

/**
 * A new current key; the one before it stays accepted, and the one before that does not.
 * @throws AppError NOT_SET_UP, FOREIGN_RESOURCE
 */
export function planRotate({ name, account, distribution }: RotateDesired, store: KeysActual | undefined): Plan {
  const keys = keysOf(name, store);
  const step: Step = {
    ...base('cloudfront.rotateSigningKey', resourceName(name), 'the edges take the new keys within seconds'),
    changes: [
      { what: 'current', before: keys.current, after: 'a new key of 32 random bytes' },
      { what: 'previous', before: keys.previous ?? null, after: keys.current },
    ],
    destructive: keys.previous !== undefined,
    store: resourceName(name),
    replaces: keys,
  };
  return {
    formatVersion: 1,
    command: 'keys rotate',
    name,
    account,
    distribution,
    steps: [step],
    consents: [],
    notices: [
      ...(keys.previous === undefined
        ? []
        : [`URLs signed with the previous key, ${keys.previous}, are refused from then on.`]),
      `URLs signed with the current key, ${keys.current}, are accepted until the keys are rotated again.`,
    ],
  };
}

/** @throws AppError NOT_SET_UP when there are none, FOREIGN_RESOURCE when the store is not ours */
export function keysOf(name: string, store: KeysActual | undefined): SigningKeyIds {
  if (store) checkName(`the key value store ${resourceName(name)}`, name, store.tags);
  if (store?.keys) return store.keys;
  throw noKeys(name);
}

export function noKeys(name: string): AppError {
  return new AppError('NOT_SET_UP', `${name} has no keys for signed URLs`, {
    why: `The key value store ${resourceName(name)} is not there, or holds none.`,
    fix: 'set "url": { "signed": true } in the config, then: edge-resize deploy',
  });
}
