/** A handler of one's own, its S3, and short ways to ask it. */
import sharp from 'sharp';
import { afterEach, beforeEach, expect } from 'vitest';
import type { EdgeRequest, EdgeResponse, OriginRequestEvent, OriginResponseEvent } from '../../handler/event.ts';
import { type Deps, handle } from '../../handler/handle.ts';
import { s3Origin } from '../../handler/origin.ts';
import type { Settings } from '../../handler/settings.ts';
import { type EventParts, originRequest, originResponse } from '../builders/event.ts';
import { photograph } from '../builders/images.ts';
import { defaultSettings } from '../bundle/built-handler.ts';
import { brokenRequestRules, brokenRules } from './cloudfront-rules.ts';
import { CREDENTIALS, type S3Server, startS3 } from './s3-server.ts';

const SIZE = 'd=100x80';

/** Lives from test to test: `pictures/cat.jpg` is there at the start of each. */
export class HandlerKit {
  s3!: S3Server;
  /** What was logged, parsed. */
  lines: Record<string, unknown>[] = [];
  deps!: Deps;

  async start(): Promise<void> {
    this.s3 = await startS3();
    this.s3.objects.set('pictures/cat.jpg', photograph('rocket.jpg'));
    this.lines = [];
    this.deps = {
      settings: defaultSettings({ build: 'b1' }),
      fetchOriginal: s3Origin({ credentials: () => CREDENTIALS, now: Date.now, endpoint: this.s3.endpoint }),
      loadSharp: () => sharp,
      memoryMb: 1024,
      now: Date.now,
      log: (line) => this.lines.push(JSON.parse(line)),
    };
  }

  /** Changes the settings for the rest of the test. */
  set(changes: Partial<Settings>): void {
    this.deps = { ...this.deps, settings: { ...this.deps.settings, ...changes } };
  }

  /** What CloudFront gets back at origin-response; fails when CloudFront would refuse it. */
  async answer(event: OriginResponseEvent, changes: Partial<Deps> = {}, timeoutMs = 5000): Promise<EdgeResponse> {
    const incoming = structuredClone(event.Records[0].cf.response);
    const response = await handle(event, { ...this.deps, ...changes }, timeoutMs);
    expect(brokenRules(response, incoming)).toEqual([]);
    return response;
  }

  ask(parts: EventParts = {}, changes?: Partial<Deps>): Promise<EdgeResponse> {
    return this.answer(originResponse({ querystring: SIZE, ...parts }), changes);
  }

  /** What CloudFront gets back at origin-request: a response, or the request for S3. */
  async askFirst(parts: EventParts = {}, changes: Partial<Deps> = {}): Promise<EdgeResponse | EdgeRequest> {
    const event: OriginRequestEvent = originRequest({ querystring: SIZE, ...parts });
    const incoming = structuredClone(event.Records[0].cf.request);
    const answer = await handle(event, { ...this.deps, ...changes }, 5000);
    expect('uri' in answer ? brokenRequestRules(answer, incoming) : brokenRules(answer)).toEqual([]);
    return answer;
  }
}

export function handlerKit(): HandlerKit {
  const kit = new HandlerKit();
  beforeEach(() => kit.start());
  afterEach(() => kit.s3.close());
  return kit;
}

/** First value of a header. */
export const header = (response: Pick<EdgeRequest, 'headers'>, name: string) => response.headers?.[name]?.[0]?.value;
