// Checks values, gradients and Hessian products on ONNX's backend test cases, operator by operator.
//   node scripts/conformance.mjs FOLDER [--only TEXT] [--details] [--table]
import { resolve } from 'node:path';
import { root } from './install.mjs';
import { runBundled } from './runBundled.mjs';

// npm runs scripts from the repository root, but the user's path is relative to the folder they called npm from. The
// table is written below the root.
const [folder, ...options] = process.argv.slice(2);
const named = folder && !folder.startsWith('--');
const cases = named ? [resolve(process.env.INIT_CWD ?? process.cwd(), folder)] : folder ? [folder] : [];
await runBundled('test/conformance/main.ts', { args: [...cases, ...options], cwd: root });
