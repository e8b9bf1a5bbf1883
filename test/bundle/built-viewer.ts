/** The viewer function as `npm run build` makes it, in a folder of the test's own. */
import { buildViewer } from '../../build/viewer.mjs';
import { temporaryFolder } from './built-handler.ts';

/** Folder with both kinds, `index.js` and `signed.js`. */
export async function buildViewerFolder(): Promise<string> {
  const folder = temporaryFolder();
  await buildViewer(folder);
  return folder;
}
