import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const root = resolve(__dirname, '../..');

/** Bundles the programs that tests start, so that they run the present sources: threads, and the command line. */
export async function setup(): Promise<void> {
  const script = resolve(root, 'scripts/build.mjs');
  execFileSync(process.execPath, [script, 'dist/lane.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
  await build({
    absWorkingDir: root,
    entryPoints: ['src/cli/main.ts', 'src/cli/start.ts'],
    outdir: 'test-artifacts/cli',
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
}
