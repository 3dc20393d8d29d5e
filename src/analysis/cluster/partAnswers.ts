import type { Objective } from '../../objective/objective';
import type { Answers, Results } from '../answers';
import { fingerprint } from '../../journal/fingerprint';
import { answered } from '../../journal/answered';
import type { AnswerStore } from '../../journal/answered';
import { readEntry } from '../../cluster/partFile';
import type { PartEntry, PartWriter } from '../../cluster/partFile';

const NONE: ReadonlySet<number> = new Set();

/** The answers of parts that are done, for an analysis that reads them and adds its own to another part. */
export class PartAnswers implements Answers {
  private known: ReadonlyMap<string, PartEntry> = new Map();
  private lost: ReadonlyMap<string, ReadonlySet<number>> = new Map();
  private writer: PartWriter | null = null;
  private readonly written = new Set<string>();
  private keepsAnswers = true;

  /** @param lost pieces that are missing for good, by measurement */
  know(answers: ReadonlyMap<string, PartEntry>, lost?: ReadonlyMap<string, ReadonlySet<number>>): void {
    this.known = answers;
    this.lost = lost ?? this.lost;
  }

  /** Keeps what is measured from now on in this part; in none with null. */
  writeTo(writer: PartWriter | null): void {
    this.writer = writer;
    this.written.clear();
  }

  over = (objective: Objective, name: string): Objective => answered(objective, this.store, name);

  readonly results: Results = {
    find: async <T>(request: readonly unknown[]) =>
      ((await this.store.find(fingerprint(['result', ...request])))?.value ?? null) as T | null,
    keep: (request, result) => this.add(fingerprint(['result', ...request]), result),
    towards: async (measure) => {
      this.keepsAnswers = false;
      try {
        return await measure();
      } finally {
        this.keepsAnswers = true;
      }
    },
    lost: (measurement) => this.lost.get(measurement) ?? NONE,
  };

  private readonly store: AnswerStore = {
    find: async (request) => {
      const entry = this.known.get(request.toString('hex'));
      return entry ? readEntry(entry) : null;
    },
    keep: async (request, value) => {
      if (this.keepsAnswers) await this.add(request, value);
    },
  };

  private async add(request: Buffer, value: unknown): Promise<void> {
    const key = request.toString('hex');
    // The same question may be asked twice before its first answer is there.
    if (!this.writer || this.written.has(key)) return;
    this.written.add(key);
    await this.writer.add(request, value);
  }
}
