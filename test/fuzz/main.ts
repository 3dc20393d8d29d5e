import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Job } from './child';
import { serveJobs } from './child';
import type { Fault } from './pool';
import { runJobs } from './pool';

/** The repository. The bundle of this program lies in `test-artifacts`. */
const ROOT = resolve(dirname(__filename), '..');
const KEPT = join(ROOT, 'test-artifacts/fuzz');

if (process.argv.includes('--child')) serveJobs(ROOT);
else await main();

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: 'string', default: '1' },
      first: { type: 'string', default: '0' },
      only: { type: 'string' },
      children: { type: 'string', default: String(Math.max(1, availableParallelism() - 1)) },
    },
  });
  const [seed, first] = [Number(values.seed), Number(values.first)];
  const count = Number(positionals[0] ?? 2000);
  const scratch = mkdtempSync(join(tmpdir(), 'ridgeline-fuzz-'));
  const outcomes = new Map<string, number>();
  const faults: Fault[] = [];
  function* jobs(): Generator<Job> {
    for (let index = first; index < first + count; index++) {
      yield { seed, index, only: values.only, folder: join(scratch, String(index)) };
    }
  }
  await runJobs(jobs(), Number(values.children), __filename, {
    onAnswer({ index, reader, outcome }) {
      rmSync(join(scratch, String(index)), { recursive: true, force: true });
      const key = `${reader} ${outcome}`;
      outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
    },
    onFault(fault) {
      faults.push(fault);
      const kept = join(KEPT, `${seed}-${fault.job.index}-${fault.reader}`);
      mkdirSync(kept, { recursive: true });
      cpSync(fault.job.folder, kept, { recursive: true });
      writeFileSync(join(kept, 'fault.txt'), `${fault.what}\n`);
      console.log(
        `${fault.reader} ${fault.job.index}: ${fault.what.split('\n').slice(0, 3).join(' ')}\n  kept in ${kept}`,
      );
    },
  });
  rmSync(scratch, { recursive: true, force: true });
  for (const [key, times] of [...outcomes].sort()) console.log(`${String(times).padStart(7)} ${key}`);
  console.log(`${count} inputs, ${faults.length} faults`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
