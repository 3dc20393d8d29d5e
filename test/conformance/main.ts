import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Outcome } from './checkCase';
import { checkCase } from './checkCase';
import { caseFolders, readCase } from './nodeCase';
import { operatorPage, refreshedPage } from './operatorTable';
import { lineOf, summary } from './summary';

/** The page that `--table` writes, in the repository, where the script runs this. */
const TABLE = 'docs/operators.md';

/** node conformance.cjs FOLDER [--only TEXT] [--details] [--table] */
async function main([folder, ...options]: readonly string[]): Promise<number> {
  if (folder === '--table') {
    await writeFile(TABLE, refreshedPage(await readFile(TABLE, 'utf8')));
    return 0;
  }
  if (!folder || folder.startsWith('--')) {
    console.error('Usage: npm run conformance -- FOLDER [--only TEXT] [--details] [--table]');
    return 2;
  }
  const only = options.includes('--only') ? options[options.indexOf('--only') + 1] : '';
  const folders = (await caseFolders(folder)).filter((path) => basename(path).includes(only));
  if (folders.length === 0) {
    console.error(`No folders test_…/model.onnx in ${folder}${only ? ` with "${only}" in their names` : ''}.`);
    return 2;
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
  if (options.includes('--table')) await writeFile(TABLE, operatorPage(outcomes));
  return outcomes.some(({ status }) => status === 'failed') ? 1 : 0;
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

// The newest cases name an operator set that the runtime knows only in part; it tries when told so.
process.env.ALLOW_RELEASED_ONNX_OPSET_ONLY = '0';
process.exitCode = await main(process.argv.slice(2));
