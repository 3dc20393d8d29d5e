import { defineConfig } from 'vitest/config';

/** The command line on the reference models: one at a time, each with every core. Needs a build. */
export default defineConfig({
  test: {
    include: ['test/references/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
