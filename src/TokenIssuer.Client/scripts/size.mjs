// The bundle as a page pays for it: minified, gzipped, without the source map.
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { bundle } from './bundle.mjs';

export const limit = 5_000;

export async function gzippedSize() {
  const [bundled] = (await build({ ...bundle, write: false })).outputFiles;
  if (!bundled) throw new Error('nothing was bundled');
  return gzipSync(bundled.contents, { level: 9 }).length;
}

if (import.meta.filename === process.argv[1]) {
  const size = await gzippedSize();
  console.log(`${size} of at most ${limit - 1} bytes, minified and gzipped`);
  process.exitCode = size < limit ? 0 : 1;
}
