// One ES module without imports, readable in a debugger through its source map.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

// Members that never leave the bundle: none is part of the API, of a message between tabs, or of the platform.
const inner = [
  'adopt', 'answered', 'backgroundAt', 'calm', 'deliver', 'endsAt', 'expiresAt', 'failed', 'farewell', 'forget', 'heard', 'idleAt',
  'isVisible', 'lastToken', 'linked', 'monotonic', 'notBefore', 'openPort', 'overAt', 'person', 'proven', 'refreshAt', 'renew',
  'revision', 'signOut', 'takeKey', 'took', 'touch', 'tried', 'trouble', 'warnAt',
];

/** @type {import('esbuild').BuildOptions} */
export const bundle = {
  entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
  bundle: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  minify: true,
  legalComments: 'none',
  mangleProps: new RegExp(`^(${inner.join('|')})$`),
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
};

if (import.meta.filename === process.argv[1]) {
  await build({ ...bundle, outfile: fileURLToPath(new URL('../dist/index.js', import.meta.url)), sourcemap: true });
}
