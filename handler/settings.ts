/** What `deploy` bakes into the zip as settings.json, since the edge has no environment variables. */
export interface Settings {
  formatVersion: 1;
  /** Buckets that may be read, and the region of each. */
  buckets: Record<string, string>;
  /** Largest width and height that is made, in pixels. A larger request passes the original through. */
  maxWidth: number;
  maxHeight: number;
  /** Largest original that is read, in bytes, and decoded, in pixels. A larger one passes through. */
  maxInputBytes: number;
  maxInputPixels: number;
  /** Quality of lossy encoders, 1-100. */
  quality: number;
  /** Most bytes of a generated response: base64 body + headers. CloudFront's own limit is 1,048,576; AWS does not say what it counts. */
  responseLimitBytes: number;
  /** Seconds that a pass-through under a variant's key may be cached. */
  fallbackTtlSeconds: number;
  /** Identity of code and settings together, written by the bundler: part of every variant's ETag. */
  build?: string;
}
