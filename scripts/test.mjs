// Installs what is missing and runs every test, two stages at a time: each line tells of one when it ends, and the last
// line gives the totals. To run some stages only, name them:
// npm test -- unit types
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureBuilt, ensureDebian, ensureNodeModules, root } from './install.mjs';
import { run, sideBySide } from './sideBySide.mjs';
import { SLURM_PACKAGES, ensureSlurm, whyNoSlurm } from './slurm/install.mjs';
import { WORKBENCH_PACKAGES } from './workbench/install.mjs';

const ARTIFACTS = resolve(root, 'test-artifacts');
/** Stages that compute let those that wait go first, so that a window answers as it does on a machine of its own. */
const YIELDING = { yields: true };
const bin = (name) => resolve(root, 'node_modules/.bin', name);

/**
 * The stages that compute. Each returns how many of its tests passed and failed, and what it printed, or why it was left
 * out.
 */
const computing = {
  unit: () => vitest('unit', 'vitest.config.ts', YIELDING),
  references,
  lint: () => commands([['npm', 'run', '--silent', 'lint']], YIELDING),
  types: () => commands([['npm', 'run', '--silent', 'types']], YIELDING),
  fuzz,
};

/** The stages that mostly wait, for Slurm or for a window. The first needs no workbench. */
const waiting = { cluster, endToEnd, extensionHost, page };

/** Comes before all others, which run what it writes. */
const first = { build: () => commands([[process.execPath, 'scripts/build.mjs']]) };

const stages = { ...first, ...computing, ...waiting };
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in stages));
if (unknown.length > 0) {
  console.error(`No stage ${unknown.join(', ')}. Stages are ${Object.keys(stages).join(', ')}.`);
  process.exit(2);
}
const isChosen = (name) => asked.length === 0 || asked.includes(name);
const chosen = (names) => Object.keys(names).filter(isChosen);

ensureNodeModules();
const uses = (names) => names.some(isChosen);
const usesWorkbench = uses(['references', 'page', 'extensionHost', 'endToEnd']);
// In one go, since each asks Debian's servers for their lists. A test uses strace to check that an analysis opens no
// network connection.
if (existsSync('/usr/bin/apt-get')) {
  ensureDebian({
    ...(uses(['unit']) && { strace: '/usr/bin/strace' }),
    ...(usesWorkbench && WORKBENCH_PACKAGES),
    ...(uses(['cluster', 'endToEnd']) && SLURM_PACKAGES),
  });
}
mkdirSync(ARTIFACTS, { recursive: true });

const sum = { passed: 0, failed: 0 };
for (const name of chosen(first)) await stage(name);
// Stages that need no workbench begin while it is installed.
const installed = usesWorkbench ? run([process.execPath, 'scripts/workbench/install.mjs']) : undefined;
await sideBySide(chosen(computing), chosen(waiting), stage);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exitCode = sum.failed > 0 ? 1 : 0;

/** Runs a stage, tells how it ended, and shows what it printed if it failed. */
async function stage(name) {
  const started = performance.now();
  const { passed, failed, output, leftOut } = await stages[name]().catch((error) => failure(error));
  if (leftOut) {
    console.log(`– ${name.padEnd(14)} left out: ${leftOut}`);
    return;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (failed > 0) console.log(output);
  console.log(`${failed > 0 ? '✗' : '✓'} ${name.padEnd(14)} ${passed} passed, ${failed} failed  ${seconds} s`);
  sum.passed += passed;
  sum.failed += failed;
}

/** Waits for the workbench, which the chosen stages share. */
async function workbench() {
  const { code, output } = await installed;
  if (code !== 0) throw new Error(`The workbench could not be installed.\n${output}`);
}

/** Runs commands; each counts as one test. */
async function commands(list, options) {
  const results = [];
  for (const command of list) results.push(await run(command, options));
  const bad = results.filter(({ code }) => code !== 0);
  return {
    passed: results.length - bad.length,
    failed: bad.length,
    output: bad.map(({ output }) => output).join('\n'),
  };
}

async function vitest(name, config, options) {
  if (!existsSync(resolve(root, config))) throw new Error(`${config} is missing`);
  const results = resolve(ARTIFACTS, `${name}.json`);
  rmSync(results, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
  const { code, output } = await run([bin('vitest'), 'run', '--config', config, ...reporters], options);
  if (!existsSync(results)) throw new Error(`no results\n${output}`);
  const { numPassedTests: passed, numTotalTests: total } = JSON.parse(readFileSync(results, 'utf8'));
  // A test that did not run, because an earlier one failed or its file did not load, counts as failed.
  return { passed, failed: Math.max(total - passed, code === 0 ? 0 : 1), output };
}

/** Feeds damaged files to every reader, the same files in every run. Each counts as one test. */
async function fuzz() {
  const { output } = await run([process.execPath, 'scripts/fuzz.mjs', '2000'], YIELDING);
  const sum = /(\d+) inputs, (\d+) faults/.exec(output);
  if (!sum) throw new Error(output);
  const [inputs, faults] = sum.slice(1).map(Number);
  return { passed: inputs - faults, failed: faults, output };
}

/** Runs the built command line on the reference models, also on WebGPU, with the driver of the workbench's browser. */
async function references() {
  await workbench();
  ensureBuilt();
  return vitest('references', 'vitest.references.config.ts', YIELDING);
}

/** Runs the built command line on a Slurm of two nodes, which it starts on this machine. */
async function cluster() {
  const leftOut = whyNoSlurm();
  if (leftOut) return { passed: 0, failed: 0, output: '', leftOut };
  ensureSlurm();
  ensureBuilt();
  return vitest('cluster', 'vitest.cluster.config.ts');
}

/** Opens the built page in a browser: states, themes, widths, accessibility and hostile text. */
async function page() {
  await workbench();
  ensureBuilt();
  return vitest('page', 'vitest.page.config.ts');
}

/** Drives the workbench as a person does, on a login node of a cluster, too. */
async function endToEnd() {
  await workbench();
  ensureSlurm();
  ensureBuilt();
  return vitest('endToEnd', 'vitest.endToEnd.config.ts');
}

/** Runs the mocha suite in the workbench's extension host, and also in desktop VS Code where it is installed. */
async function extensionHost() {
  await workbench();
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
