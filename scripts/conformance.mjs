// Checks values, gradients and Hessian products on ONNX's backend test cases, operator by operator.
//   node scripts/conformance.mjs FOLDER [--only TEXT] [--details] [--table]
import { resolve } from 'node:path';
import { root } from './install.mjs';
import { runBundled } from './runBundled.mjs';

// npm runs scripts in the repository; the user's path is relative to where they are. The table is written below root.
const [folder, ...options] = process.argv.slice(2);
const named = folder && !folder.startsWith('--');
const cases = named ? [resolve(process.env.INIT_CWD ?? process.cwd(), folder)] : folder ? [folder] : [];
await runBundled('test/conformance/main.ts', { args: [...cases, ...options], cwd: root });
