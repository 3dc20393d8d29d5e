interface Releasable {
  release(): Promise<void>;
}

interface Entry {
  program: Promise<Releasable>;
  bytes: number;
}

/**
 * Keeps programs by key and makes each when it is first requested. A session holds copies of the weights, so when all
 * programs together exceed the budget, the least recently used are released. Only one call requests programs at a time,
 * so the latest program is never released.
 */
export class ProgramCache {
  /** In the order of their last use. */
  private readonly compiled = new Map<string, Entry>();

  constructor(private readonly budget: number) {}

  async get<T extends Releasable>(key: string, bytes: number, make: () => Promise<T>): Promise<T> {
    const known = this.compiled.get(key);
    this.compiled.delete(key);
    if (!known) await this.makeRoom(bytes);
    const entry = known ?? { program: make(), bytes };
    this.compiled.set(key, entry);
    // Every key belongs to one type of program.
    return entry.program as Promise<T>;
  }

  private async makeRoom(bytes: number): Promise<void> {
    let total = [...this.compiled.values()].reduce((sum, entry) => sum + entry.bytes, bytes);
    for (const [key, entry] of this.compiled) {
      if (total <= this.budget) return;
      this.compiled.delete(key);
      total -= entry.bytes;
      await (await entry.program).release();
    }
  }
}
