// sharp's JavaScript for one platform, linux-x64 with glibc: an esbuild plugin that leaves out what sharp does at
// start-up to find out where it runs. What touches a picture is sharp's own code (docs/adr/0002-edge-zip.md).
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const commonJs = createRequire(import.meta.url).resolve('sharp');
const { version } = createRequire(commonJs)('../package.json');

/** The ESM twin: esbuild puts all of it into one scope, which V8 parses once; CommonJS modules it would wrap. */
export const sharpEntry = join(dirname(commonJs), 'index.mjs');

/**
 * The addon where the zip has it; from there its RPATH finds libvips. The packager reads the release out of this name,
 * since JavaScript and addon must be of one.
 */
const ADDON = `./node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64-${version}.node`;

/** Modules that are replaced whole, by how their path ends. */
const REPLACED = {
  // Looks for addons in several places, and asks semver whether this Node will do.
  '/sharp/dist/sharp.mjs': `export default require(${JSON.stringify(ADDON)});`,
  // Is for builds from source: child_process, crypto, semver.
  '/sharp/dist/libvips.mjs': `export default { runtimePlatformArch: () => 'linux-x64' };`,
  '/sharp/package.json': `export default ${JSON.stringify({ version })};`,
  // Reads /usr/bin/ldd to tell glibc from musl.
  '/detect-libc/lib/detect-libc.js': `export default { GLIBC: 'glibc', MUSL: 'musl', familySync: () => 'glibc' };`,
};

/**
 * Edits of sharp/dist/utility.mjs: the list of formats, which makes libvips look at all of its loaders and savers, is
 * made when asked for; `versions` tells sharp and libvips, without reading what libvips was built from.
 */
const EDITS = [
  ['const require = createRequire(import.meta.url);', ''],
  ['const format = sharp.format();', 'const describeFormats = () => {\nconst format = sharp.format();'],
  [
    "format.jp2.output.alias = ['j2c', 'j2k', 'jp2', 'jpx'];",
    "$&\nformat.heif.input.fileSuffix = ['.avif'];\nformat.heif.output.alias = ['avif'];\nreturn format;\n};\nlet format;",
  ],
  ['if (!libvipsVersion.isGlobal) {', 'if (false) {'],
  ['if (versions.heif && format.heif) {', 'if (false) {'],
  [
    'Sharp.format = format;',
    "Object.defineProperty(Sharp, 'format', { enumerable: true, get: () => (format ??= describeFormats()) });",
  ],
];

/** A quarter of sharp's JavaScript is for reading colours, which only some requests name. */
const LAZY_COLOUR = "export default (value) => require('@img/colour')(value);";

/** @returns {import('esbuild').Plugin} */
export function slimSharp() {
  return {
    name: 'slim-sharp',
    setup(build) {
      for (const [end, contents] of Object.entries(REPLACED)) {
        build.onLoad({ filter: pathEnding(end) }, () => ({ contents, loader: 'js' }));
      }
      build.onLoad({ filter: pathEnding('/sharp/dist/utility.mjs') }, async ({ path }) => ({
        contents: edited(await readFile(path, 'utf8')),
      }));
      build.onResolve({ filter: /\.node$/ }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^@img\/colour$/ }, ({ path, namespace, resolveDir }) =>
        namespace === 'lazy' ? undefined : { path, namespace: 'lazy', pluginData: resolveDir },
      );
      build.onLoad({ filter: /^@img\/colour$/, namespace: 'lazy' }, ({ pluginData }) => ({
        contents: LAZY_COLOUR,
        resolveDir: pluginData,
      }));
    },
  };
}

function pathEnding(end) {
  return new RegExp(`${end.replaceAll(/[.]/g, '\\$&').replaceAll('/', '[\\\\/]')}$`);
}

/** An edit that finds nothing, or two places, is a build that stops: sharp has changed, and someone must look. */
function edited(source) {
  let text = source;
  for (const [from, to] of EDITS) {
    if (text.split(from).length !== 2) throw new Error(`sharp ${version}: utility.mjs no longer has one ${from}`);
    text = text.replace(from, to);
  }
  return text;
}
