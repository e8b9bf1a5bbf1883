// The viewer function in each kind, as CloudFront Functions takes it: one script with a function `handler`, in the
// language of cloudfront-js-2.0. The settings are appended when it is deployed.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

// What the language lacks (CFDG functions-javascript-runtime-20): esbuild lowers it, or refuses the code.
const lacks = [
  ...['array-spread', 'async-generator', 'bigint', 'class', 'class-field', 'class-static-blocks', 'default-argument'],
  ...['destructuring', 'dynamic-import', 'exponent-operator', 'export-star-as', 'for-await', 'for-of', 'generator'],
  ...['import-meta', 'logical-assignment', 'node-colon-prefix-import', 'nullish-coalescing', 'object-accessors'],
  ...['object-extensions', 'object-rest-spread', 'optional-catch-binding', 'optional-chain', 'regexp-dot-all-flag'],
  ...['regexp-lookbehind-assertions', 'regexp-match-indices', 'regexp-named-capture-groups', 'regexp-set-notation'],
  ...['regexp-unicode-property-escapes', 'top-level-await', 'typeof-exotic-object-is-object', 'using'],
];

/** Builds index.js and signed.js into `outdir`, and both with `-others`: those pass on what is not ours. */
export async function buildViewer(outdir) {
  await mkdir(outdir, { recursive: true });
  const kinds = ['index', 'signed'].flatMap((name) => [
    { name, keepsOthers: false },
    { name, keepsOthers: true },
  ]);
  await Promise.all(kinds.map((kind) => buildOne(kind, outdir)));
}

async function buildOne({ name, keepsOthers }, outdir) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(root, `handler/viewer/${name}.ts`)],
    bundle: true,
    write: false,
    minify: true,
    // Names that stay inside; those of events, settings and options are said elsewhere too.
    mangleProps: /^(?:family|aliases|read|kind|recipe|why|width|height|query)$/,
    format: 'esm',
    platform: 'node',
    target: 'es2017',
    supported: Object.fromEntries(lacks.map((feature) => [feature, false])),
    external: ['cloudfront'],
    define: { KEEPS_OTHERS: String(keepsOthers) },
    logLevel: 'warning',
    legalComments: 'none',
  });
  await writeFile(join(outdir, `${name}${keepsOthers ? '-others' : ''}.js`), asScript(outputFiles[0].text));
}

/** A function that is called by its name in place of the export, which the language has not. */
function asScript(text) {
  const exported = /export\{(\w+) as handler\};?\s*$/.exec(text);
  if (!exported) throw new Error('the viewer function exports no handler');
  const local = exported[1];
  const [before, call] = text.includes(`async function ${local}(`) ? ['async ', 'await '] : ['', ''];
  return `${text.slice(0, exported.index)}\n${before}function handler(event){return ${call}${local}(event)}\n`;
}
