import { defineConfig } from 'vitest/config';

/** One browser, one workbench, one test after the other: each starts where the one before it left the window. */
export default defineConfig({
  test: {
    include: ['test/endToEnd/**/*.test.ts'],
    globalSetup: './test/endToEnd/installExtension.ts',
    fileParallelism: false,
    bail: 1,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // The editor shows what happened when it comes to it.
    expect: { poll: { timeout: 15_000, interval: 100 } },
  },
});
