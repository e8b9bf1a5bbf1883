import type { Rules } from './grammar.ts';

/** What `deploy` bakes into the zip as settings.json, since the edge has no environment variables. */
export interface Settings {
  formatVersion: 2;
  /** The event that makes pictures; origin-response when left out. With origin-request the function runs at both. */
  trigger?: 'origin-response' | 'origin-request';
  /** Buckets that may be read, and the region of each. */
  buckets: Record<string, string>;
  /** What URLs may ask for. */
  rules: Rules;
  /** Answer to an invalid request: the original for a short time, or status 400. */
  onInvalid: 'original' | '400';
  /** Largest original that is read, in bytes, and decoded, in pixels. A larger one passes through. */
  maxInputBytes: number;
  maxInputPixels: number;
  /** Largest animation that keeps its frames, in pixels: width x height x frames. */
  maxAnimationPixels: number;
  /** Largest variant that is encoded as AVIF, in pixels. */
  maxAvifPixels: number;
  /** Cache-Control of variants; the original's when left out. */
  cacheControl?: string;
  /** Add Server-Timing to variants. */
  serverTiming: boolean;
  /** Most bytes of a generated response: base64 body + headers. CloudFront's own limit is 1,048,576; AWS does not say what it counts. */
  responseLimitBytes: number;
  /** Seconds that a pass-through under a variant's key may be cached. */
  fallbackTtlSeconds: number;
  /** Identity of code and settings together, written by the bundler: part of every variant's ETag. */
  build?: string;
}
