import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { CHILD_PROGRAMS, STAGES } from './stages';
import type { StageName, StageResult } from './stages';

const USAGE = `npm run zoo -- FOLDER [--stage ${Object.keys(STAGES).join('|')}] [NAME...]
FOLDER holds .onnx files whose weights are made by constants; NAME is part of a file's name.
`;

/** Runs every network of a folder, or those named, through all stages or one of them. */
async function main([folder, ...rest]: string[]): Promise<number> {
  const at = rest.indexOf('--stage');
  const [asked, names] = at < 0 ? [null, rest] : [rest[at + 1], rest.toSpliced(at, 2)];
  if (!folder || (asked !== null && !(asked in STAGES))) {
    process.stderr.write(USAGE);
    return 2;
  }
  const stages = asked === null ? (Object.keys(STAGES) as StageName[]) : [asked as StageName];
  // This program is bundled into a folder beside dist/.
  const commandLine = resolve(dirname(process.argv[1]), '../dist/cli.js');
  if (!existsSync(commandLine)) {
    process.stderr.write('The command line is not built yet: npm run build.\n');
    return 2;
  }
  const files = (await readdir(folder)).filter((name) => name.endsWith('.onnx')).sort();
  const chosen = names.length > 0 ? files.filter((name) => names.some((part) => name.includes(part))) : files;
  let failed = 0;
  for (const name of chosen) {
    for (const stage of stages) {
      const scratch = await mkdtemp(join(tmpdir(), 'ridgeline-zoo-'));
      try {
        const result = await STAGES[stage]({ path: resolve(folder, name), commandLine, scratch });
        if (!result.ok) failed++;
        report(name, stage, result);
      } finally {
        await rm(scratch, { recursive: true, force: true });
      }
    }
  }
  const total = chosen.length * stages.length;
  process.stdout.write(
    `${chosen.length} networks, ${stages.join(', ')}: ${total - failed} of ${total} without a fault\n`,
  );
  return failed > 0 ? 1 : 0;
}

function report(file: string, stage: StageName, { ok, seconds, peak, text }: StageResult): void {
  const name = basename(file, '.onnx').replace(/^light_/, '');
  process.stdout.write(
    `${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(16)} ${stage.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s ${peak.toFixed(2).padStart(6)} GiB  ${text}\n`,
  );
}

const [, , first, ...args] = process.argv;
if (first && first in CHILD_PROGRAMS) await CHILD_PROGRAMS[first](args[0], args[1]);
else process.exitCode = await main(process.argv.slice(2));
