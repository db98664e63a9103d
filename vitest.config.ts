import { defineConfig } from 'vitest/config';

/** Client tests run in Node with a fake IndexedDB; what needs a page is a browser journey under tests/journeys. */
export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  test: {
    include: ['tests/client/**/*.test.{ts,tsx}'],
    environment: 'node',
    setupFiles: ['tests/client/setup.ts'],
    restoreMocks: true,
    testTimeout: 20_000,
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
  },
});
