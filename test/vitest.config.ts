import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: { alias: { '#platform': here('../src/platform/node.ts') } },
  test: {
    root: here('..'),
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**', 'test/runtimes/**'],
    testTimeout: 60_000,
  },
});
