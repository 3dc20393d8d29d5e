import { defineConfig } from 'vitest/config';

/** The built command line on a Slurm of two nodes, one test after the other: they share the nodes. Needs a build. */
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: './test/cluster/startSlurm.ts',
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
