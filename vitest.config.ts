import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'src/**/*.test.ts',
      'webview/**/*.test.ts',
      'test/unit/**/*.test.ts',
      'test/conformance/**/*.test.ts',
      'test/cli/**/*.test.ts',
    ],
    globalSetup: './test/unit/buildLane.ts',
    // Each fork loads ONNX Runtime, which itself uses several threads: two at once fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
