import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // In this repository the client is used from its source; elsewhere it is a package like any other.
  resolve: { alias: { '@tokenissuer/client': fileURLToPath(new URL('../../src/TokenIssuer.Client/src/index.ts', import.meta.url)) } },
  server: { host: 'localhost', port: 5173, strictPort: true, fs: { allow: ['../..'] } },
  test: { include: ['test/*.test.ts'] },
});
