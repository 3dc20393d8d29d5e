// Checks values, gradients and Hessian products on ONNX's backend test cases, operator by operator.
//   node scripts/conformance.mjs FOLDER [--only TEXT] [--details] [--table]
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
// npm runs scripts in the repository; the user's path is relative to where they are.
const [folder, ...options] = process.argv.slice(2);
const named = folder && !folder.startsWith('--');
const cases = named ? [resolve(process.env.INIT_CWD ?? process.cwd(), folder)] : folder ? [folder] : [];
const { status } = spawnSync(process.execPath, [bundle, ...cases, ...options], { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
