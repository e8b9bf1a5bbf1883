/** From what a person configures to what the edge needs of it. */
import type { Settings } from '../../handler/settings.ts';
import type { Config } from '../config/schema.ts';

/** The settings that are baked into the zip. Nothing of them depends on the machine that packs it. */
export function settingsFrom(config: Config): Settings {
  const { resize } = config;
  return {
    formatVersion: 1,
    buckets: { [config.bucket]: config.region },
    maxWidth: resize.maxWidth,
    maxHeight: resize.maxHeight,
    maxInputBytes: resize.maxInputBytes,
    maxInputPixels: resize.maxInputPixels,
    quality: resize.quality,
    responseLimitBytes: resize.responseLimitBytes,
    fallbackTtlSeconds: resize.fallbackTtlSeconds,
  };
}
