// The console as static files: one script, one stylesheet, nothing inline, nothing from elsewhere.
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(`../${relative}`, import.meta.url));

export const folder = path('dist');

export async function buildConsole() {
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: { console: path('src/main.tsx') },
    outdir: `${folder}/assets`,
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

if (import.meta.filename === process.argv[1]) await buildConsole();
