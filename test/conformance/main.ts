import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { UserError } from '../../src/errors';
import type { Outcome } from './checkCase';
import { checkCase } from './checkCase';
import { caseFolders, readCase } from './nodeCase';
import { Refusal } from './lowerCase';
import { operatorPage, pageWithPlacements, placementText, refreshedPage } from './operatorTable';
import { placementOf } from './placement';
import { lineOf, summary } from './summary';

/** The page that `--table` writes, relative to the repository root, from which the script runs this program. */
const TABLE = 'docs/operators.md';

/** Runs `node conformance.cjs FOLDER [--only TEXT] [--details] [--table] [--webgpu]`. */
async function main([folder, ...options]: readonly string[]): Promise<number> {
  if (folder === '--table') {
    await writeFile(TABLE, refreshedPage(await readFile(TABLE, 'utf8')));
    return 0;
  }
  if (!folder || folder.startsWith('--')) {
    console.error('Usage: npm run conformance -- FOLDER [--only TEXT] [--details] [--table] [--webgpu]');
    return 2;
  }
  const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : '';
  const folders = (await caseFolders(folder)).filter((path) => basename(path).includes(only));
  if (folders.length === 0) {
    console.error(`No folders test_…/model.onnx in ${folder}${only ? ` with "${only}" in their names` : ''}.`);
    return 2;
  }
  if (options.includes('--webgpu')) {
    await writeFile(TABLE, pageWithPlacements(await readFile(TABLE, 'utf8'), await placementsOf(folders)));
    return 0;
  }
  const outcomes: Outcome[] = [];
  for (const path of folders) {
    const before = process.cpuUsage();
    const outcome = await outcomeOf(path);
    const { user, system } = process.cpuUsage(before);
    outcomes.push(outcome);
    if (options.includes('--details')) console.log(lineOf(outcome, (user + system) / 1000));
    if (process.stderr.isTTY) process.stderr.write(`\r${outcomes.length} of ${folders.length}`);
  }
  if (process.stderr.isTTY) process.stderr.write('\r');
  console.log(summary(outcomes));
  if (options.includes('--table')) await writeFile(TABLE, operatorPage(outcomes, await readFile(TABLE, 'utf8')));
  return outcomes.some(({ status }) => status === 'failed') ? 1 : 0;
}

/**
 * Measures the column WebGPU on the smallest case of each operator that runs.
 * @throws Error where the provider has no device
 */
async function placementsOf(folders: readonly string[]): Promise<Map<string, string>> {
  const cases = await Promise.all(folders.map((path) => readCase(path, basename(path)).catch(() => null)));
  const readable = cases.filter((each) => each !== null);
  const found = new Map<string, string>();
  for (const nodeCase of readable.sort((a, b) => a.model.bytes.length - b.model.bytes.length)) {
    const { operator, name } = nodeCase;
    if (found.get(operator)) continue;
    try {
      found.set(operator, placementText(await placementOf(nodeCase)));
    } catch (fault) {
      const [reason] = (fault as Error).message.split('\n');
      if (reason.includes('adapter')) throw fault;
      console.log(`${name}: ${reason}`);
      found.set(operator, fault instanceof Refusal || fault instanceof UserError ? '' : 'fails');
    }
  }
  return found;
}

async function outcomeOf(path: string): Promise<Outcome> {
  const name = basename(path);
  try {
    return await checkCase(await readCase(path, name));
  } catch (fault) {
    const reason = String((fault as Error).message).split('\n')[0];
    return { name, operator: name, status: 'refused', reason, kinks: 0, leftOut: 0, runtime: false, disputed: false };
  }
}

// The newest cases name an operator set that the runtime supports only in part. This setting makes it try anyway.
process.env.ALLOW_RELEASED_ONNX_OPSET_ONLY = '0';
process.exitCode = await main(process.argv.slice(2));
