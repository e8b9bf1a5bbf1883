/** The code of the viewer function: what the build made of it, and the settings of one installation. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Rules } from '../../handler/grammar.ts';
import type { ViewerSettings } from '../../handler/viewer/settings.ts';
import { AppError } from '../errors.ts';

/** Bytes of a CloudFront Function (AWS-FACTS 3.5). */
export const VIEWER_CODE_LIMIT = 10_240;

export interface ViewerCodeOptions {
  /** Folder with each kind as it was built: `index.js`, `signed.js`, and both with `-others`. */
  folder: string;
  rules: Rules;
  onInvalid: ViewerSettings['onInvalid'];
  /** Let signed URLs alone ask for variants. The function then needs a KeyValueStore with the entry `signing`. */
  signed: boolean;
  /** Pass on what is not ours; false when left out. */
  keepOthers?: boolean;
}

export interface ViewerCode {
  /** Source text for the runtime cloudfront-js-2.0. */
  code: string;
  /** Of the text in UTF-8. */
  bytes: number;
  /** Identity of the code, 12 hexadecimal digits. */
  hash: string;
}

/**
 * The viewer function with its settings.
 * @throws AppError VIEWER_TOO_LARGE, BUNDLE_FAILED when the function is not built
 */
export async function makeViewerCode(options: ViewerCodeOptions): Promise<ViewerCode> {
  const { folder, rules, onInvalid, signed, keepOthers = false } = options;
  const built = await readBuilt(join(folder, `${signed ? 'signed' : 'index'}${keepOthers ? '-others' : ''}.js`));
  const settings: ViewerSettings = { rules, onInvalid };
  const code = `${built}const SETTINGS=${asciiJson(settings)};\n`;
  const bytes = Buffer.byteLength(code);
  if (bytes > VIEWER_CODE_LIMIT) throw tooLarge(bytes, Buffer.byteLength(built), rules);
  return { code, bytes, hash: createHash('sha256').update(code).digest('hex').slice(0, 12) };
}

async function readBuilt(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new AppError('BUNDLE_FAILED', 'The viewer function is not built', {
      why: `${file} cannot be read.`,
      fix: 'npm run build',
      cause,
    });
  });
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function tooLarge(bytes: number, own: number, { sizes = [], presets }: Rules): AppError {
  const of = [`${sizes.length} sizes`, `${Object.keys(presets).length} presets`].join(' and ');
  return new AppError('VIEWER_TOO_LARGE', `the viewer function would have ${bytes.toLocaleString('en-US')} bytes`, {
    why: `CloudFront takes ${VIEWER_CODE_LIMIT.toLocaleString('en-US')}; ${of} and the other settings may have ${VIEWER_CODE_LIMIT - own} of them.`,
    fix: 'shorten url.sizes and url.presets in the config, or set "viewerFunction": false',
    details: { bytes, limit: VIEWER_CODE_LIMIT },
  });
}
