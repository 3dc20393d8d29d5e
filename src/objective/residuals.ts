import type { Tensor } from '../graph/tensor';
import type { ProductPrograms } from './programs';

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * What tangent graphs read of each batch at fixed θ, kept for the next product as long as all of it together fits the
 * budget: the first batches stay, what the others need is computed again for each product.
 */
export class KeptResiduals {
  private readonly held = new Map<number, Map<string, Tensor>>();
  private bytes = 0;

  constructor(private readonly budget: number) {}

  /** Programs of all kinds and block sizes name the same residual alike and share it. */
  async of(
    batch: number,
    data: Tensors,
    { primal, residualNames }: Pick<ProductPrograms, 'primal' | 'residualNames'>,
  ): Promise<Tensors> {
    if (!primal) return {};
    const held = this.held.get(batch);
    if (held && residualNames.every((name) => held.has(name))) {
      return Object.fromEntries(residualNames.map((name) => [name, held.get(name)!]));
    }
    const fresh = await primal.run(data);
    if (!this.keep(batch, fresh)) {
      // Residuals that another kind of product left behind make way.
      this.dropAllBut(residualNames);
      this.keep(batch, fresh);
    }
    return fresh;
  }

  clear(): void {
    this.held.clear();
    this.bytes = 0;
  }

  private keep(batch: number, fresh: Tensors): boolean {
    const held = this.held.get(batch) ?? new Map<string, Tensor>();
    const added = Object.entries(fresh).filter(([name]) => !held.has(name));
    const bytes = added.reduce((sum, [, { data }]) => sum + data.byteLength, 0);
    if (this.bytes + bytes > this.budget) return false;
    for (const [name, tensor] of added) held.set(name, tensor);
    this.held.set(batch, held);
    this.bytes += bytes;
    return true;
  }

  private dropAllBut(names: readonly string[]): void {
    const wanted = new Set(names);
    for (const held of this.held.values()) {
      for (const [name, { data }] of held) {
        if (wanted.has(name)) continue;
        held.delete(name);
        this.bytes -= data.byteLength;
      }
    }
  }
}
