import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    // The simulated hours take a second; a busy machine may need more.
    testTimeout: 60_000,
  },
});
