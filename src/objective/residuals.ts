import type { Resident } from '../engine/resident';
import type { Feeds } from '../engine/runtime';
import type { ProductPrograms } from './programs';

type Residents = Readonly<Record<string, Resident>>;

/**
 * What tangent graphs read of each batch at fixed θ, kept where they run for the next product as long as all of it together
 * fits the budget: the first batches stay, what the others need is computed again for each product.
 */
export class KeptResiduals {
  private readonly held = new Map<number, Map<string, Resident>>();
  private bytes = 0;

  constructor(private readonly budget: number) {}

  /**
   * Runs `use` with the residuals of a batch; those that are not kept end with it. Programs of all kinds and block sizes
   * name the same residual alike and share it.
   */
  async with<T>(
    batch: number,
    data: Feeds,
    { primal, residualNames }: Pick<ProductPrograms, 'primal' | 'residualNames'>,
    use: (residuals: Residents) => Promise<T>,
  ): Promise<T> {
    if (!primal) return use({});
    const known = this.known(batch, residualNames);
    if (known) return use(known);
    const fresh = await primal.run(data);
    if (!this.keep(batch, fresh)) {
      // Residuals that another kind of product left behind make way.
      const wanted = new Set(residualNames);
      this.drop((name) => !wanted.has(name));
      this.keep(batch, fresh);
    }
    try {
      return await use(fresh);
    } finally {
      for (const [name, resident] of Object.entries(fresh)) {
        if (this.held.get(batch)?.get(name) !== resident) resident.dispose();
      }
    }
  }

  clear(): void {
    this.drop(() => true);
    this.held.clear();
  }

  private known(batch: number, names: readonly string[]): Residents | null {
    const held = this.held.get(batch);
    if (held && names.every((name) => held.has(name) && !held.get(name)!.disposed)) {
      return Object.fromEntries(names.map((name) => [name, held.get(name)!]));
    }
    // On a device they end with the program that wrote them, which may have made way for another.
    this.drop((_, resident) => resident.disposed);
    return null;
  }

  private keep(batch: number, fresh: Residents): boolean {
    const held = this.held.get(batch) ?? new Map<string, Resident>();
    const added = Object.entries(fresh).filter(([name]) => !held.has(name));
    const bytes = added.reduce((sum, [, resident]) => sum + resident.bytes, 0);
    if (this.bytes + bytes > this.budget) return false;
    for (const [name, resident] of added) held.set(name, resident);
    this.held.set(batch, held);
    this.bytes += bytes;
    return true;
  }

  private drop(which: (name: string, resident: Resident) => boolean): void {
    for (const held of this.held.values()) {
      for (const [name, resident] of held) {
        if (!which(name, resident)) continue;
        held.delete(name);
        this.bytes -= resident.bytes;
        resident.dispose();
      }
    }
  }
}
