import { defineConfig } from 'vitest/config';

/**
 * Files that change modules or globals for as long as their process lives, and files that compute with denormals, which
 * the runtime makes zeros once a process has a session.
 */
const ALONE = [
  'src/extension/translate.test.ts',
  'webview/svg/chartSvg.test.ts',
  'src/model/copyIndex.test.ts',
  'src/numerics/tridiagonal.test.ts',
  'src/onnx/narrowFloat.test.ts',
  'test/unit/bfloat16.test.ts',
];

export default defineConfig({
  test: {
    globalSetup: './test/unit/buildPrograms.ts',
    // Each fork loads ONNX Runtime, which itself uses several threads: two at once fill two cores.
    pool: 'forks',
    maxWorkers: 2,
    // Ends a test that hangs. It measures nothing, so it leaves time to a busy machine.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: [
            'src/**/*.test.ts',
            'webview/**/*.test.ts',
            'test/unit/**/*.test.ts',
            'test/conformance/**/*.test.ts',
            'test/cli/**/*.test.ts',
          ],
          exclude: ALONE,
          // Files share two processes and the modules that these have loaded: to start a process for each file took
          // longer than the tests of most.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'alone', include: ALONE } },
    ],
  },
});
