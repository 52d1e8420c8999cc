import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { alias: { '@tokenissuer/client': fileURLToPath(new URL('../../TokenIssuer.Client/src/index.ts', import.meta.url)) } },
  test: { include: ['test/*.test.ts'] },
});
