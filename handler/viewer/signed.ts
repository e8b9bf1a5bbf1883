/** The CloudFront Function of a distribution whose variants are for signed URLs alone: checked before the cache. */
import crypto from 'node:crypto';
import cloudfront from 'cloudfront';
import { decideFormat, printRecipe, readOpen } from '../grammar.ts';
import type { ViewerEvent, ViewerRequest, ViewerResponse } from './event.ts';
import { acceptOf, isRead, pairsOf, passOn, refusal } from './pass-on.ts';
import type { ViewerSettings } from './settings.ts';
import { dropSignature, type Hmac, isSigned, type SigningKeys } from './signature.ts';

declare const SETTINGS: ViewerSettings;
declare const KEEPS_OTHERS: boolean;

const hmac: Hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest('base64url');

export async function handler(event: ViewerEvent): Promise<ViewerRequest | ViewerResponse> {
  const request = event.request;
  if (!isRead(request)) return request;
  const query = pairsOf(request);
  const asked = readOpen(query, SETTINGS.rules);
  if (asked.kind === 'recipe') {
    const keys = await readKeys();
    const signed = { uri: request.uri, d: printRecipe(asked.recipe), query };
    const seconds = Math.floor(Date.now() / 1000);
    if (!keys || !isSigned(signed, keys, seconds, hmac)) {
      return refusal(403, 'Forbidden', 'This URL is not signed, or no longer holds');
    }
    if (KEEPS_OTHERS) dropSignature(request);
  }
  return passOn(request, decideFormat(asked, acceptOf(request)), SETTINGS);
}

/** Nothing when there are none, or the store cannot be read: then nobody gets in. */
async function readKeys(): Promise<SigningKeys | undefined> {
  try {
    const keys = (await cloudfront.kvs().get('signing', { format: 'json' })) as SigningKeys | undefined;
    return keys && typeof keys.current === 'string' && keys.current !== '' ? keys : undefined;
  } catch (_) {
    return undefined;
  }
}
