import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { version } from '../../../package.json';
import { processor } from '../../engine/processor';
import { RUNTIME_VERSION } from '../../engine/runtime';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { ThreadChoice } from '../../objective/resources/threadSearch';
import { readSmallText } from '../../regularFile';
import type { ResolvedOptions } from '../../options/presets';
import { writeWhole } from '../../writeWhole';
import { fingerprint } from '../../journal/fingerprint';

/** Largest accepted size of a file in bytes. A choice needs about a hundred. */
const LONGEST = 2 ** 16;

/**
 * Remembers the number of threads that was found best for a model on this machine. Every analysis of the model,
 * including a continued one, then sums in the same order and rounds alike. Each choice is a file `KEY.json` of about a
 * hundred bytes.
 */
export class ThreadChoices {
  constructor(private readonly folder: string) {}

  /** Returns the remembered choice, or null if there is none that can be read. */
  async known(key: string): Promise<ThreadChoice | null> {
    try {
      const choice: unknown = JSON.parse(await readSmallText(this.path(key), LONGEST));
      return isChoice(choice) ? choice : null;
    } catch {
      // If the file is missing or incomplete, the number of threads is searched for again.
      return null;
    }
  }

  /** Saves a choice. @throws Error of the file system */
  async remember(key: string, choice: ThreadChoice): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeWhole(this.path(key), JSON.stringify(choice));
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}

/**
 * Computes the key of a choice from what the best number of threads depends on: graph, batch size and machine. The
 * weights do not count, so that the checkpoints of a training run share one search.
 */
export function threadsKey(
  { prepared, trained }: Pick<ModelAndData, 'prepared' | 'trained'>,
  { batch, samples, memoryBytes, lossOutput }: ResolvedOptions,
): string {
  const machine = [processor(), availableParallelism()];
  const { nodes, inputs, initializers } = prepared.source;
  const operators = nodes.map(({ op, inputs, outputs }) => [op, inputs, outputs]);
  const sizes = [...initializers].map(([name, { dtype, shape }]) => [name, dtype, shape]);
  const shapes = inputs.map(({ name, shape }) => [name, shape]);
  const graph = [operators, sizes, shapes, trained, batch, samples, memoryBytes, lossOutput];
  return fingerprint(['threads', version, RUNTIME_VERSION, machine, graph]).toString('hex');
}

function isChoice(value: unknown): value is ThreadChoice {
  const { threads, timed } = (value ?? {}) as Partial<ThreadChoice>;
  const times: unknown = timed;
  return Number.isInteger(threads) && threads! >= 1 && Array.isArray(times) && times.length > 0;
}
