// One ES module without imports, readable in a debugger through its source map.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** @type {import('esbuild').BuildOptions} */
export const bundle = {
  entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
};

if (import.meta.filename === process.argv[1]) {
  await build({ ...bundle, outfile: fileURLToPath(new URL('../dist/index.js', import.meta.url)), sourcemap: true });
}
