/** Loads sharp while the function is initialised, where Lambda gives a whole CPU, and not during somebody's request. */
import type Sharp from 'sharp';
import { cpusOf } from './cost.ts';

type SharpModule = typeof Sharp;

/**
 * Loads sharp at once. That it cannot be loaded is thrown by the function that is returned, on each call: a function
 * without sharp still passes originals through.
 * @param memoryMb memory of the function, in MB: libvips gets a thread for each whole CPU that comes with it
 */
export function sharpLoader(memoryMb: number): () => SharpModule {
  try {
    // A file beside this one: sharp's own JavaScript, bundled for Lambda (build/slim-sharp.mjs).
    const { default: sharp } = require('./sharp.js') as { default: SharpModule };
    sharp.cache(false); // requests seldom repeat an original
    sharp.concurrency(cpusOf(memoryMb));
    return () => sharp;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
