// Runs the self-checks on every model in the given folders and says which fail and which cannot be judged.
//   node scripts/checks.mjs FOLDER... [--verify-only] [--loss NAME] [--dist FOLDER]
// A model is a folder with model.onnx and data.npz, like those in test/fixtures. Its reference.json or truth.json names
// the loss (loss_function) and further flags (cli). Build first: npm run build.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { root } from './install.mjs';

const run = promisify(execFile);
const MINUTES = 10;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'verify-only': { type: 'boolean', default: false },
    loss: { type: 'string' },
    dist: { type: 'string', default: join(root, 'dist') },
  },
});
const from = process.env.INIT_CWD ?? process.cwd();
const commandLine = join(resolve(from, values.dist), 'cli.js');
const scratch = await mkdtemp(join(tmpdir(), 'ridgeline-checks-'));
const sums = { models: 0, failed: 0, unjudged: 0, refused: 0 };
try {
  for (const folder of await modelsBelow(positionals.map((path) => resolve(from, path)))) await sweep(folder);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
const { models, failed, unjudged, refused } = sums;
console.log(`${models} models: ${failed} checks failed, ${unjudged} could not be judged, ${refused} runs were refused`);
process.exitCode = failed > 0 ? 1 : 0;

/** The given folders that hold a model, and the model folders directly inside the others. */
async function modelsBelow(folders) {
  const found = [];
  for (const folder of folders) {
    if (existsSync(join(folder, 'model.onnx'))) found.push(folder);
    else for (const name of (await readdir(folder)).sort()) found.push(join(folder, name));
  }
  return found.filter((folder) => existsSync(join(folder, 'model.onnx')) && existsSync(join(folder, 'data.npz')));
}

async function sweep(folder) {
  sums.models++;
  const report = join(scratch, 'report.json');
  const model = ['--data', join(folder, 'data.npz'), ...(await flagsOf(folder)), '--threads', '1', '--quiet'];
  await judged(folder, 'verify', async () => linesOf(await output('verify', folder, model)));
  if (values['verify-only']) return;
  await judged(folder, 'quick', async () => {
    await output('analyze', folder, [...model, '--fresh', '--preset', 'quick', '--output', report]);
    const { checks = [] } = JSON.parse(await readFile(report, 'utf8'));
    return checks.map(({ name, passed, judged, detail }) => ({ name, passed, judged: judged !== false, detail }));
  });
}

/** The loss and further command-line flags that the files beside a model name. */
async function flagsOf(folder) {
  if (values.loss) return ['--loss', values.loss];
  const file = ['reference.json', 'truth.json'].map((name) => join(folder, name)).find(existsSync);
  if (!file) return [];
  const { loss_function: loss, cli = {} } = JSON.parse(await readFile(file, 'utf8'));
  return Object.entries({ loss, ...cli }).flatMap(([flag, value]) => [`--${flag}`, String(value)]);
}

async function judged(folder, stage, measure) {
  const began = performance.now();
  const found = await measure().catch((error) => error);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const title = `${basename(folder).padEnd(32)} ${stage.padEnd(7)} ${seconds.padStart(6)} s`;
  if (!Array.isArray(found)) {
    sums.refused++;
    console.log(`${title}  refused: ${firstLine(found)}`);
    return;
  }
  const failures = found.filter(({ passed, judged }) => judged && !passed);
  const open = found.filter(({ judged }) => !judged);
  sums.failed += failures.length;
  sums.unjudged += open.length;
  console.log(`${title}  ${found.length} checks, ${failures.length} failed, ${open.length} not judged`);
  for (const { name, detail } of failures) console.log(`    FAILED      ${name}  ${detail}`);
  for (const { name, detail } of open) console.log(`    not judged  ${name}  ${detail}`);
}

/** What the command prints. `verify` exits with 1 when a check fails, which is not an error here. */
async function output(command, folder, options) {
  const args = [commandLine, command, join(folder, 'model.onnx'), ...options];
  try {
    return (await run(process.execPath, args, { timeout: MINUTES * 60_000, maxBuffer: 2 ** 26 })).stdout;
  } catch (error) {
    if (command === 'verify' && error.code === 1 && error.stdout) return error.stdout;
    throw error;
  }
}

/** Parses the table that `verify` prints: state, name, figures. */
function linesOf(text) {
  return text
    .split('\n')
    .map((line) => /^\s*(ok|FAILED|not judged)\s{2,}(.*?)\s{2,}(.*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, state, name, detail]) => ({ name, passed: state === 'ok', judged: state !== 'not judged', detail }));
}

function firstLine({ stderr, message, killed }) {
  if (killed) return `not done after ${MINUTES} minutes`;
  return String(stderr || message)
    .trim()
    .split('\n')[0];
}
