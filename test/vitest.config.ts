import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const resolve = { alias: { '#platform': here('../src/platform/node.ts') } };
const shared = { root: here('..'), testTimeout: 60_000 };
const exclude = [
  '**/node_modules/**',
  'test/browser/**',
  'test/runtimes/**',
  'test/packaging/{bundlers,frameworks,hosts}/**',
];
const packaging = ['test/packaging/**/*.test.ts'];

// What builds and packs comes last, one file after the other: the others run from the same dist/.
export default defineConfig({
  test: {
    // Vitest's default is one less than there are processors: half of them, of two.
    maxWorkers: '100%',
    projects: [
      {
        resolve,
        test: {
          ...shared,
          name: 'units',
          include: ['test/**/*.test.ts'],
          exclude: [...exclude, ...packaging],
          sequence: { groupOrder: 0 },
        },
      },
      {
        resolve,
        test: {
          ...shared,
          name: 'packaging',
          include: packaging,
          exclude,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
