/** Which functions are on a behavior, and putting ours there: nothing that is not ours ever changes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkAssociations, eventsOf, ownVersions, viewerPlace, withAssociations } from '../../src/core/association.ts';
import { findBehavior, newDistributionConfig } from '../../src/core/distribution.ts';
import type { Behavior, DistributionConfig } from '../../src/core/distribution-config.ts';
import { withVersion } from '../builders/associated.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:edge-resize-photos';
const VIEWER = 'arn:aws:cloudfront::123456789012:function/edge-resize-photos';
const THEIRS = 'arn:aws:lambda:us-east-1:123456789012:function:theirs';

const config = (): DistributionConfig =>
  newDistributionConfig({
    name: 'photos',
    bucket: 'photos',
    region: 'eu-west-1',
    accessControl: 'A1',
    cachePolicy: 'P1',
    callerReference: 'r',
  });

/** A config with members that this program does not know, and functions of others. */
const anyConfig = fc
  .record({
    unknown: fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{3,8}$/), fc.jsonValue()),
    lambda: fc.subarray(['viewer-response', 'viewer-request']),
    cloudfront: fc.subarray(['viewer-response']),
    patterns: fc.uniqueArray(fc.stringMatching(/^\/[a-z]{1,6}\/\*$/), { maxLength: 3 }),
  })
  .map(({ unknown, lambda, cloudfront, patterns }): DistributionConfig => {
    const base = config();
    const behavior: Behavior = {
      ...structuredClone(base.DefaultCacheBehavior as Behavior),
      ...unknown,
      LambdaFunctionAssociations: {
        Quantity: lambda.length,
        Items: lambda.map((EventType) => ({ LambdaFunctionARN: `${THEIRS}:1`, EventType })),
      },
      FunctionAssociations: {
        Quantity: cloudfront.length,
        Items: cloudfront.map((EventType) => ({ FunctionARN: `${VIEWER}-2`, EventType })),
      },
    };
    const named = patterns.map((PathPattern) => ({ ...structuredClone(behavior), PathPattern }));
    return {
      ...unknown,
      ...base,
      DefaultCacheBehavior: behavior,
      CacheBehaviors: { Quantity: named.length, Items: named },
    };
  });

const anyWanted = fc.record({
  trigger: fc.constantFrom('origin-request' as const, 'origin-response' as const),
  on: fc.option(fc.boolean()),
});

test('property: associating changes our associations of one behavior, and nothing of its input', () => {
  fc.assert(
    fc.property(anyConfig, fc.nat(3), anyWanted, anyWanted, (before, pick, first, last) => {
      const pattern = before.CacheBehaviors?.Items?.[pick]?.PathPattern ?? '*';
      const snapshot = structuredClone(before);
      const put = (to: DistributionConfig, { trigger, on }: typeof first) =>
        withAssociations(to, pattern, {
          fn: FUNCTION,
          version: `${FUNCTION}:7`,
          events: eventsOf(trigger),
          viewer: on === null ? null : { arn: VIEWER, on },
        });
      const after = put(put(before, first), last);
      expect(before).toEqual(snapshot);
      const behavior = findBehavior(after, pattern);
      expect(ownVersions(behavior, FUNCTION)).toEqual(
        Object.fromEntries(eventsOf(last.trigger).map((event) => [event, `${FUNCTION}:7`])),
      );
      for (const list of [behavior.LambdaFunctionAssociations, behavior.FunctionAssociations]) {
        expect(list?.Quantity).toBe(list?.Items?.length ?? 0);
      }
      const original = findBehavior(snapshot, pattern);
      const others = ({ LambdaFunctionAssociations: lambda, FunctionAssociations: viewer }: Behavior) => [
        (lambda?.Items ?? []).filter((one) => !one.LambdaFunctionARN?.startsWith(`${FUNCTION}:`)),
        (viewer?.Items ?? []).filter((one) => one.FunctionARN !== VIEWER),
      ];
      expect(others(behavior)).toEqual(others(original));
      const restored = structuredClone(after);
      const { LambdaFunctionAssociations, FunctionAssociations } = original;
      Object.assign(findBehavior(restored, pattern), { LambdaFunctionAssociations, FunctionAssociations });
      expect(restored).toEqual(snapshot);
      expect(put(after, last)).toEqual(after);
    }),
  );
});

describe('the place of the viewer function', () => {
  const on = (changes: Partial<Behavior>) => viewerPlace({ TargetOriginId: 'o', ...changes }, VIEWER);
  const lambda = (EventType: string) => ({
    LambdaFunctionAssociations: { Quantity: 1, Items: [{ LambdaFunctionARN: `${THEIRS}:1`, EventType }] },
  });
  const viewer = (FunctionARN: string, EventType = 'viewer-request') => ({
    FunctionAssociations: { Quantity: 1, Items: [{ FunctionARN, EventType }] },
  });

  test('free, ours, or taken by whom', () => {
    expect(on({})).toEqual({ kind: 'free' });
    expect(on(lambda('origin-request'))).toEqual({ kind: 'free' });
    expect(on(viewer(`${VIEWER}-2`, 'viewer-response'))).toEqual({ kind: 'free' });
    expect(on(viewer(VIEWER))).toEqual({ kind: 'ours' });
    expect(on(viewer(`${VIEWER}-2`))).toEqual({ kind: 'foreign', arn: `${VIEWER}-2`, event: 'viewer-request' });
  });

  test.each(['viewer-request', 'viewer-response'])('Lambda@Edge on %s takes both viewer events', (event) => {
    expect(on(lambda(event))).toEqual({ kind: 'foreign', arn: `${THEIRS}:1`, event });
  });
});

test('another function on an event that is needed is a refusal that names the event', () => {
  const behavior = findBehavior(withVersion(config(), '*', `${THEIRS}:3`), '*');
  expect(() => checkAssociations(behavior, FUNCTION, ['origin-response'])).toThrow(
    expect.objectContaining({ code: 'FOREIGN_ASSOCIATION', message: expect.stringContaining('origin-response') }),
  );
  expect(() => checkAssociations(behavior, FUNCTION, ['origin-request'])).not.toThrow();
  expect(() => checkAssociations(behavior, THEIRS, ['origin-response'])).not.toThrow();
  // A longer name is another function.
  const longer = findBehavior(withVersion(config(), '*', `${FUNCTION}-2:3`), '*');
  expect(() => checkAssociations(longer, FUNCTION, ['origin-response'])).toThrow(/another function/);
});
