// Installs what is missing and runs every test. The last line gives the totals. To run some stages only, name them:
// npm test -- unit types
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureDebian, ensureNodeModules, root } from './install.mjs';

const ARTIFACTS = resolve(root, 'test-artifacts');
const bin = (name) => resolve(root, 'node_modules/.bin', name);

/**
 * The stages. Each returns how many of its tests passed and failed, and what it printed, or why it was left out.
 */
const stages = {
  lint: () => commands(['npm', 'run', '--silent', 'lint']),
  types: () => commands(['npm', 'run', '--silent', 'types']),
  unit: () => vitest('unit', 'vitest.config.ts'),
  build: () => commands([process.execPath, 'scripts/build.mjs']),
  fuzz,
  references: () => vitest('references', 'vitest.references.config.ts'),
  cluster,
  page,
  extensionHost,
  endToEnd,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(', ')}. Stages are ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}

ensureNodeModules();
const { ensureWorkbench } = await import('./workbench/install.mjs');
const chosen = asked.length > 0 ? asked : Object.keys(stages);
// The references also run on WebGPU, with the driver that comes with the workbench's browser.
if (['references', 'page', 'extensionHost', 'endToEnd'].some((name) => chosen.includes(name))) ensureWorkbench();
// A test uses strace to check that an analysis opens no network connection.
if (chosen.includes('unit') && existsSync('/usr/bin/apt-get')) ensureDebian({ strace: '/usr/bin/strace' });
mkdirSync(ARTIFACTS, { recursive: true });

const sum = { passed: 0, failed: 0 };
for (const name of chosen) {
  const started = performance.now();
  const { passed, failed, output, leftOut } = await stages[name]().catch((error) => failure(error));
  if (leftOut) {
    console.log(`– ${name.padEnd(14)} left out: ${leftOut}`);
    continue;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (failed > 0) console.log(output);
  console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(14)} ${passed} passed, ${failed} failed  ${seconds} s`);
  sum.passed += passed;
  sum.failed += failed;
}
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;

/** Runs commands; each counts as one test. */
async function commands(...list) {
  const results = [];
  for (const command of list) results.push(await run(command));
  const bad = results.filter(({ code }) => code !== 0);
  return {
    passed: results.length - bad.length,
    failed: bad.length,
    output: bad.map(({ output }) => output).join('\n'),
  };
}

async function vitest(name, config) {
  if (!existsSync(resolve(root, config))) throw new Error(`${config} is missing`);
  const results = resolve(ARTIFACTS, `${name}.json`);
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const { code, output } = await run([bin('vitest'), 'run', '--config', config, ...reporters]);
  if (!existsSync(results)) throw new Error(`no results\n${output}`);
  const { numPassedTests: passed, numTotalTests: total } = JSON.parse(readFileSync(results, 'utf8'));
  // A test that did not run, because an earlier one failed or its file did not load, counts as failed.
  return { passed, failed: Math.max(total - passed, code === 0 ? 0 : 1), output };
}

/** Feeds damaged files to every reader, the same files in every run. Each counts as one test. */
async function fuzz() {
  const { output } = await run([process.execPath, 'scripts/fuzz.mjs', '2000']);
  const sum = /(\d+) inputs, (\d+) faults/.exec(output);
  if (!sum) throw new Error(output);
  const [inputs, faults] = sum.slice(1).map(Number);
  return { passed: inputs - faults, failed: faults, output };
}

/** Runs the built command line on a Slurm of two nodes, which it installs and starts on this machine. */
async function cluster() {
  const { ensureBuilt } = await import('./install.mjs');
  const { ensureSlurm, whyNoSlurm } = await import('./slurm/install.mjs');
  const leftOut = whyNoSlurm();
  if (leftOut) return { passed: 0, failed: 0, output: '', leftOut };
  ensureSlurm();
  ensureBuilt();
  return vitest('cluster', 'vitest.cluster.config.ts');
}

/** Opens the built page in a browser: states, themes, widths, accessibility and hostile text. */
async function page() {
  const { ensureBuilt } = await import('./install.mjs');
  ensureBuilt();
  return vitest('page', 'vitest.page.config.ts');
}

/** Drives the workbench as a person does, on a login node of a cluster, too. */
async function endToEnd() {
  const { ensureSlurm } = await import('./slurm/install.mjs');
  ensureSlurm();
  return vitest('endToEnd', 'vitest.endToEnd.config.ts');
}

/** Runs the mocha suite in the workbench's extension host, and also in desktop VS Code where it is installed. */
async function extensionHost() {
  const { ensureBuilt } = await import('./install.mjs');
  const { runInExtensionHost } = await import('./workbench/extensionHost.mjs');
  const { desktopExecutable, runInDesktop } = await import('./workbench/desktop.mjs');
  const { buildSuite, readResults, scratchWorkspace } = await import('./workbench/suite.mjs');
  ensureBuilt();
  const suite = await buildSuite();
  const hosts = [runInExtensionHost, ...(desktopExecutable() ? [runInDesktop] : [])];
  const total = { passed: 0, failed: 0, output: '' };
  for (const host of hosts) {
    const workspace = scratchWorkspace();
    const code = await host({ extension: root, suite, ...workspace });
    const { passed, failed, output } = readResults(workspace.results);
    total.passed += passed;
    total.failed += Math.max(failed, code === 0 ? 0 : 1);
    total.output += output;
    rmSync(workspace.scratch, { recursive: true, force: true });
  }
  return total;
}

function failure(error) {
  const cause = error.cause ? `\n${error.cause.stack ?? error.cause}` : '';
  return { passed: 0, failed: 1, output: `${error.stack ?? error}${cause}` };
}

function run([command, ...args]) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text));
    child.once('error', failed);
    child.once('close', (code) => done({ code, output }));
  });
}
