// Installs and builds what is missing, then analyses a model from the terminal: the bundled sample with its data, or
// the user's own.
//   node scripts/start.mjs [MODEL --data FILE] [options of `ridgeline analyze`]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { ensureBuilt, ensureNodeModules, root } from './install.mjs';

ensureNodeModules();
ensureBuilt();

const sample = resolve(root, 'media/sample');
const given = process.argv.slice(2);
// The word after any other option is its value: `--line to/other.onnx` does not name the model.
const flags = ['--quiet', '--fresh', '--shift-labels'];
const takesValue = (text) => text?.startsWith('--') && !text.includes('=') && !flags.includes(text);
const named = given.find((text, i) => extname(text) === '.onnx' && !takesValue(given[i - 1]));
const model = named ?? `${sample}/lenet.onnx`;
const data = named ? [] : [model, '--data', `${sample}/lenet.npz`, '--loss', 'cross_entropy'];

const reports = resolve(root, 'reports');
const name = basename(model, extname(model));
const written = [
  ['--output', `${reports}/${name}.json`],
  ['--html', `${reports}/${name}.html`],
].filter(([option]) => !given.some((text) => text === option || text.startsWith(`${option}=`)));
mkdirSync(reports, { recursive: true });

// npm runs scripts from the repository root, but the user's paths are relative to the folder they called npm from.
const cwd = process.env.INIT_CWD ?? process.cwd();
const { status } = spawnSync(
  process.execPath,
  [resolve(root, 'dist/cli.js'), 'analyze', ...data, ...given, ...written.flat()],
  { cwd, stdio: 'inherit' },
);
process.exitCode = status ?? 1;
