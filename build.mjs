// Builds dist/: the CLI (ESM, one chunk a command, so that a command loads only what it uses), the handler that is
// zipped for the edge, and the script in which the local AWS runs a zip.
import { chmod, rm } from 'node:fs/promises';
import { build } from 'esbuild';
import { buildHandler } from './build/handler.mjs';
import { buildViewer } from './build/viewer.mjs';

const shared = { bundle: true, platform: 'node', logLevel: 'warning', legalComments: 'none', sourcemap: false };

await rm('dist', { recursive: true, force: true });
await Promise.all([
  build({
    ...shared,
    entryPoints: { 'bin/edge-resize': 'bin/edge-resize.ts' },
    outdir: 'dist',
    format: 'esm',
    target: 'node20.20',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    packages: 'external',
  }),
  buildHandler('dist/handler'),
  buildViewer('dist/viewer'),
  build({
    ...shared,
    entryPoints: { child: 'src/local/runtime/child.ts' },
    outdir: 'dist/runtime',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    target: 'node20.20',
  }),
]);
await chmod('dist/bin/edge-resize.js', 0o755);
