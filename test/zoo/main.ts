import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { checkNetwork, TOLERANCE } from './checkNetwork';

/** Checks every network of a folder, or those named: `npm run zoo -- FOLDER [NAME...]`. */
async function main([folder, ...wanted]: string[]): Promise<number> {
  if (!folder) {
    process.stderr.write(
      'npm run zoo -- FOLDER [NAME...]: a folder of .onnx files whose weights are made by constants\n',
    );
    return 2;
  }
  const files = (await readdir(folder)).filter((name) => name.endsWith('.onnx')).sort();
  const chosen = wanted.length > 0 ? files.filter((name) => wanted.some((part) => name.includes(part))) : files;
  let failed = 0;
  for (const name of chosen) {
    const scratch = await mkdtemp(join(tmpdir(), 'ridgeline-zoo-'));
    const started = performance.now();
    try {
      const comparisons = await checkNetwork(join(folder, name), scratch);
      const ok = comparisons.every(({ error }) => error <= TOLERANCE);
      if (!ok) failed++;
      const figures = comparisons.map(
        ({ what, exact, error }) => `${what} ${exact.toPrecision(4)} off by ${error.toExponential(1)}`,
      );
      report(ok, name, started, figures.join('; '));
    } catch (fault) {
      failed++;
      report(false, name, started, fault instanceof Error ? fault.message : String(fault));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  process.stdout.write(
    `${chosen.length - failed} of ${chosen.length} networks agree with central differences to ${TOLERANCE}\n`,
  );
  return failed > 0 ? 1 : 0;
}

function report(ok: boolean, name: string, started: number, text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const memory = (process.resourceUsage().maxRSS / 2 ** 20).toFixed(1);
  process.stdout.write(
    `${ok ? 'ok  ' : 'FAIL'} ${basename(name, '.onnx').padEnd(22)} ${seconds} s, ${memory} GiB  ${text}\n`,
  );
}

void main(process.argv.slice(2)).then((code) => (process.exitCode = code));
