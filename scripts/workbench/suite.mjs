// Builds the mocha suite of test/extensionHost for the extension host, and makes a workspace to run it in.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from '../install.mjs';

/**
 * Builds the suite.
 * @returns the entry of the built suite, whose run() keeps the contract of @vscode/test-electron's `extensionTestsPath`
 */
export async function buildSuite() {
  const { build } = await import('esbuild');
  const source = resolve(root, 'test/extensionHost');
  const outdir = resolve(root, '.cache/extensionHost');
  await build({
    entryPoints: [`${source}/index.ts`, `${source}/*.test.ts`],
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    mainFields: ['module', 'main'],
  });
  return resolve(outdir, 'index.js');
}

/** Makes a scratch folder with a copy of the sample to work on, and room for the editor's state and the results. */
export function scratchWorkspace() {
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-'));
  const folder = join(scratch, 'sample');
  const state = join(scratch, 'state');
  cpSync(resolve(root, 'media/sample'), folder, { recursive: true });
  mkdirSync(state);
  return { scratch, folder, state, results: join(scratch, 'results.json') };
}

/** Environment variables that the suite reads: where its results go, and where the editor stores extension data. */
export function suiteEnvironment({ results, storage }) {
  return { RIDGELINE_TEST_RESULTS: results, RIDGELINE_TEST_STORAGE: storage };
}

/** Reads mocha's JSON report: the counts, and the failures as text. */
export function readResults(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, output: 'the suite left no results' };
  const { stats, failures } = JSON.parse(readFileSync(file, 'utf8'));
  const output = failures.map(({ fullTitle, err }) => `${fullTitle}\n${err.stack ?? err.message}\n`).join('\n');
  return { passed: stats.passes, failed: stats.tests - stats.passes, output };
}
