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
import { fingerprint } from './journal/fingerprint';

/** Bytes of a choice, of which a hundred are needed. */
const LONGEST = 2 ** 16;

/**
 * The number of threads that a model takes on this machine, remembered once it was searched for, so that every analysis of
 * it, continued ones too, rounds its sums in the same order. A file of a hundred bytes each, `KEY.json`.
 */
export class ThreadChoices {
  constructor(private readonly folder: string) {}

  /** Null where there is none that can be read. */
  async known(key: string): Promise<ThreadChoice | null> {
    try {
      const choice: unknown = JSON.parse(await readSmallText(this.path(key), LONGEST));
      return isChoice(choice) ? choice : null;
    } catch {
      // None yet, or cut short: it is searched for again.
      return null;
    }
  }

  /** @throws Error of the file system */
  async remember(key: string, choice: ThreadChoice): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await writeWhole(this.path(key), JSON.stringify(choice));
  }

  private path(key: string): string {
    return join(this.folder, `${key}.json`);
  }
}

/** What the best number depends on: the graph, what a batch of it holds, and the machine. */
export function threadsKey(
  { model, trained }: Pick<ModelAndData, 'model' | 'trained'>,
  { batch, samples, memoryBytes, lossOutput }: ResolvedOptions,
): string {
  const machine = [processor(), availableParallelism()];
  const graph = [model.sha256, trained, batch, samples, memoryBytes, lossOutput];
  return fingerprint(['threads', version, RUNTIME_VERSION, machine, graph]).toString('hex');
}

function isChoice(value: unknown): value is ThreadChoice {
  const { threads, timed } = (value ?? {}) as Partial<ThreadChoice>;
  const times: unknown = timed;
  return Number.isInteger(threads) && threads! >= 1 && Array.isArray(times) && times.length > 0;
}
