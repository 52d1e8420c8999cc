// Console and attack lab as static files: a folder each with one script, one stylesheet, nothing inline, nothing from elsewhere.
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

export const folder = path('dist');

export async function buildPages() {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: { 'admin/assets/console': path('src/main.tsx'), 'lab/assets/lab': path('src/lab/main.ts') },
    outdir: folder,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  await cp(path('public'), folder, { recursive: true });
}

if (import.meta.filename === process.argv[1]) await buildPages();
