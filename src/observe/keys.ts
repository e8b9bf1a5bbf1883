/** The key value store of an installation, and the keys of signed URLs in it. Reads alone. */
import type { AwsPorts } from '../aws/ports/index.ts';
import type { SigningKey, SigningKeys } from '../aws/ports/signing-keys.ts';
import { resourceName } from '../core/names.ts';
import { type KeysActual, noKeys } from '../core/plan/keys.ts';
import { checkName } from '../core/plan/ownership.ts';
import type { SigningKeyIds } from '../core/state.ts';

type Ports = Pick<AwsPorts, 'viewer' | 'signingKeys'>;

/** The store with the ids of its keys; undefined when there is none. The keys themselves stay behind. */
export async function observeKeyStore(ports: Ports, name: string): Promise<KeysActual | undefined> {
  const store = await (await ports.viewer()).getKeyStore(resourceName(name));
  if (!store) return undefined;
  const { keys } = store.status === 'READY' ? await (await ports.signingKeys()).read(store.arn) : { keys: undefined };
  return { ...store, keys: keys && idsOf(keys) };
}

/**
 * The key that URLs are to be signed with now.
 * @throws AppError NOT_SET_UP when there is none, FOREIGN_RESOURCE, KEYS_MALFORMED
 */
export async function currentSigningKey(ports: Ports, name: string): Promise<SigningKey> {
  const store = await (await ports.viewer()).getKeyStore(resourceName(name));
  if (store) checkName(`the key value store ${resourceName(name)}`, name, store.tags);
  const { keys } = store?.status === 'READY' ? await (await ports.signingKeys()).read(store.arn) : { keys: undefined };
  if (keys) return keys.current;
  throw noKeys(name);
}

function idsOf({ current, previous }: SigningKeys): SigningKeyIds {
  return { current: current.id, ...(previous && { previous: previous.id }) };
}
