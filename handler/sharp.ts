/** Loads sharp while the function is initialised, where Lambda gives a whole CPU, and not during somebody's request. */
import type Sharp from 'sharp';

type SharpModule = typeof Sharp;

/**
 * Loads sharp at once. That it cannot be loaded is thrown by the function that is returned, on each call: a function
 * without sharp still passes originals through.
 */
export function sharpLoader(): () => SharpModule {
  try {
    // A file beside this one: sharp's own JavaScript, bundled for Lambda (build/slim-sharp.mjs).
    const { default: sharp } = require('./sharp.js') as { default: SharpModule };
    // Requests seldom repeat an original, and a function has less than one CPU.
    sharp.cache(false);
    sharp.concurrency(1);
    return () => sharp;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
