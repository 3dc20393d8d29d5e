import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureAnswers } from './answers';
import type { AnswerFigures } from './answers';
import { measurePoint } from './growth/measurePoint';
import type { GrowthFigures } from './growth/measurePoint';
import { measureKernels } from './kernels';
import type { KernelFigures } from './kernels';
import { measurePictures } from './pictures';
import type { PictureFigures } from './pictures';
import type { BenchSettings } from './settings';
import { prepareSubject } from './subjects';

/** Jobs that run in a process of their own. Their peak memory is measured alone, and a crash ends nothing else. */
export interface Jobs {
  kernels: { ask: { name: string; settings: BenchSettings }; answer: KernelFigures };
  answers: { ask: { name: string; settings: BenchSettings }; answer: AnswerFigures };
  pictures: { ask: { name: string; settings: BenchSettings }; answer: PictureFigures };
  growth: { ask: { family: string; size: number }; answer: GrowthFigures };
}

export type JobKind = keyof Jobs;

/** The child's answer to its parent. */
type Answer = { figures: unknown } | { fault: string };

/** The argument that makes the bundled program a child. */
export const CHILD = '--child';

/** Runs a job in a child process. @throws Error that says what went wrong in the child */
export function inChild<K extends JobKind>(kind: K, ask: Jobs[K]['ask']): Promise<Jobs[K]['answer']> {
  return new Promise((resolve, reject) => {
    const child = fork(process.argv[1], [CHILD], { serialization: 'advanced' });
    let answer: Answer | null = null;
    child.on('message', (message) => (answer = message as Answer));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (answer && 'figures' in answer) resolve(answer.figures as Jobs[K]['answer']);
      else reject(new Error(answer?.fault ?? `The process ended by ${signal ?? `exit code ${code}`}.`));
    });
    child.send({ kind, ask });
  });
}

/** Runs in the child: does the job that its parent sends, and ends. */
export function serveJob(): void {
  process.once('message', (message) => {
    void doJob(message as { kind: JobKind; ask: never }).then((answer) => {
      process.send!(answer, () => process.disconnect());
    });
  });
}

async function doJob({ kind, ask }: { kind: JobKind; ask: never }): Promise<Answer> {
  const folder = await mkdtemp(join(tmpdir(), 'ridgeline-bench-'));
  try {
    return { figures: await work[kind](ask, folder) };
  } catch (fault) {
    return { fault: fault instanceof Error ? fault.message : String(fault) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const work: { [K in JobKind]: (ask: Jobs[K]['ask'], folder: string) => Promise<Jobs[K]['answer']> } = {
  kernels: async ({ name, settings }, folder) => measureKernels(await prepareSubject(name, folder), settings),
  answers: async ({ name, settings }, folder) => measureAnswers(await prepareSubject(name, folder), settings),
  pictures: async ({ name, settings }, folder) => measurePictures(await prepareSubject(name, folder), settings),
  growth: ({ family, size }, folder) => measurePoint(family, size, folder),
};
