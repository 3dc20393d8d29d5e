import { defineConfig } from 'vitest/config';

/** The built page in a browser of its own, in every state, theme and width. Needs a build. */
export default defineConfig({
  test: {
    include: ['test/page/**/*.test.ts'],
    fileParallelism: false,
    // Files share a process and what it has loaded.
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
