/** From what a person configures to what the edge needs of it. */
import type { Settings } from '../../handler/settings.ts';
import { rulesFrom } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';

/** The settings that are baked into the zip. Nothing of them depends on the machine that packs it. */
export function settingsFrom(config: Config): Settings {
  const { resize } = config;
  return {
    formatVersion: 2,
    ...(config.trigger === 'origin-request' && { trigger: config.trigger }),
    buckets: { [config.bucket]: config.region },
    rules: rulesFrom(config),
    onInvalid: config.url.invalid,
    maxInputBytes: resize.maxInputBytes,
    maxInputPixels: resize.maxInputPixels,
    maxAnimationPixels: resize.maxAnimationPixels,
    maxAvifPixels: resize.maxAvifPixels,
    ...(resize.cacheControl !== undefined && { cacheControl: resize.cacheControl }),
    serverTiming: resize.serverTiming,
    responseLimitBytes: resize.responseLimitBytes,
    fallbackTtlSeconds: resize.fallbackTtlSeconds,
  };
}
