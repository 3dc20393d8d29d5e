// Checks the derivatives of whole networks with seeded random weights against central differences.
//   node scripts/zoo.mjs FOLDER [NAME...]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import esbuild from 'esbuild';
import { ensureNodeModules, root } from './install.mjs';

ensureNodeModules();
mkdirSync(resolve(root, 'test-artifacts'), { recursive: true });
const bundle = resolve(root, 'test-artifacts/zoo.cjs');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['test/zoo/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // A native library, loaded by a path relative to its own folder.
  external: ['onnxruntime-node'],
  mainFields: ['module', 'main'],
  logLevel: 'warning',
});
const { status } = spawnSync(process.execPath, [bundle, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
