// Checks values, gradients and Hessian products on ONNX's backend test cases, operator by operator.
//   node scripts/conformance.mjs FOLDER [--only TEXT] [--details]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import esbuild from 'esbuild';
import { ensureNodeModules, root } from './install.mjs';

ensureNodeModules();
mkdirSync(resolve(root, 'test-artifacts'), { recursive: true });
const bundle = resolve(root, 'test-artifacts/conformance.mjs');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['test/conformance/main.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
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
