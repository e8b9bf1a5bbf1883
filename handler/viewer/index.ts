/** The CloudFront Function of a distribution: every spelling of a request comes to one cache key. */
import { readPairs } from '../grammar.ts';
import type { ViewerEvent, ViewerRequest, ViewerResponse } from './event.ts';
import { acceptOf, isRead, pairsOf, passOn } from './pass-on.ts';
import type { ViewerSettings } from './settings.ts';

declare const SETTINGS: ViewerSettings;

export function handler(event: ViewerEvent): ViewerRequest | ViewerResponse {
  const request = event.request;
  if (!isRead(request)) return request;
  const asked = readPairs(pairsOf(request), SETTINGS.rules, acceptOf(request));
  return passOn(request, asked, SETTINGS);
}
