/** What the viewer function is tested with before it is published. */
import { expect, test } from 'vitest';
import type { Rules } from '../../handler/grammar.ts';
import { passesOthers, sizeCachePolicy } from '../../src/core/cache-key.ts';
import type { QueryStringsConfig } from '../../src/core/distribution-config.ts';
import { testEvent, testFault, viewerTest } from '../../src/core/viewer-test.ts';
import { compiled, EVERYTHING, type Kind, viewerCodes } from '../handler/viewer-kit.ts';

const RULES: Record<string, Rules> = {
  'any size': EVERYTHING,
  'one size': { ...EVERYTHING, sizes: ['640x'], unlisted: 'refuse' },
  'presets alone': { ...EVERYTHING, presetsOnly: true },
  nothing: { ...EVERYTHING, presets: {}, presetsOnly: true },
};
const KINDS: Kind[] = [{}, { keepOthers: true }, { signed: true }, { signed: true, keepOthers: true }];

test.each(Object.keys(RULES).flatMap((name) => KINDS.map((kind) => [name, kind] as const)))(
  'the function passes its own test: %s, %j',
  async (name, kind) => {
    const rules = RULES[name] as Rules;
    const asked = viewerTest({ rules, signed: false, keepOthers: false, ...kind });
    const answer = await compiled(await (await viewerCodes())({ rules, ...kind }))(testEvent(asked));
    expect(testFault(asked, answer)).toBeUndefined();
    if (!kind.signed) {
      const untouched = { request: testEvent(asked).request };
      expect(testFault(asked, untouched) === undefined).toBe(name === 'nothing' && kind.keepOthers === true);
    }
  },
);

test('an output whose query is an object, and escaped, is the same query', () => {
  const asked = viewerTest({ rules: { ...EVERYTHING, presetsOnly: true }, signed: false, keepOthers: true });
  const querystring = { d: { value: '150x150%2Cf%3Dwebp' }, utm_source: { value: 'test' } };
  expect(testFault(asked, { request: { querystring } })).toBeUndefined();
});

test('others are passed on wherever anything but d is in the key or is forwarded', () => {
  const behavior = { TargetOriginId: 'bucket' };
  const policy = sizeCachePolicy('photos');
  const withStrings = (QueryStringsConfig: QueryStringsConfig) => ({
    ...policy,
    ParametersInCacheKeyAndForwardedToOrigin: {
      ...policy.ParametersInCacheKeyAndForwardedToOrigin,
      EnableAcceptEncodingGzip: false,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig,
    },
  });
  expect(passesOthers(behavior, policy)).toBe(false);
  expect(passesOthers({ ...behavior, OriginRequestPolicyId: 'all-viewer' }, policy)).toBe(true);
  expect(passesOthers({ ...behavior, ForwardedValues: { QueryString: true } }, undefined)).toBe(true);
  const listed = { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 2, Items: ['v', 'd'] } };
  expect(passesOthers(behavior, withStrings(listed))).toBe(true);
  expect(passesOthers(behavior, withStrings({ QueryStringBehavior: 'all' }))).toBe(true);
});
