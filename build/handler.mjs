// What the zip for the edge holds of JavaScript: the handler, and sharp's own JavaScript in a file of its own, so that
// another sharp can take its place where this one cannot run. CommonJS: Lambda disables require(esm).
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { sharpEntry, slimSharp } from './slim-sharp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node22',
  logLevel: 'warning',
  // Whose code it is stays in the file; the licences themselves lie beside it.
  legalComments: 'eof',
  // No path of node_modules stays in it, V8 has less to parse, and Lambda's console shows no code of this size anyway.
  minify: true,
  sourcemap: false,
  metafile: true,
};

/** Builds index.js, sharp.js and LICENSES.txt into `outdir`. */
export async function buildHandler(outdir) {
  const built = await Promise.all([
    build({
      ...shared,
      entryPoints: { index: join(root, 'handler/index.ts') },
      outdir,
      external: ['./sharp.js', './settings.json'],
      // import() of a module that has to wait for its first use would start the ESM loader for it.
      supported: { 'dynamic-import': false },
    }),
    build({ ...shared, entryPoints: { sharp: sharpEntry }, outdir, plugins: [slimSharp()] }),
  ]);
  const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  await writeFile(join(outdir, 'LICENSES.txt'), await licences(inputs));
}

/** The licences of the packages that `inputs` are of. */
async function licences(inputs) {
  const folders = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []);
  const texts = [...new Set(folders)].sort().map(async (folder) => {
    const names = await readdir(join(root, folder));
    const file = names.find((name) => /^licen[cs]e/i.test(name));
    if (!file) throw new Error(`${folder} has no licence`);
    const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${await readFile(join(root, folder, file), 'utf8')}`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
