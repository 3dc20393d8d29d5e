/**
 * Solves for degrees of homogeneity: unknowns d, of which equations say that one is a multiple of another, that one is
 * zero, or that a sum of several is zero. Each unknown becomes a multiple of one free unknown, or zero.
 */
export class Degrees {
  private readonly parents: number[] = [];
  /** d = ratio · d of the parent. */
  private readonly ratios: number[] = [];
  private readonly zeros = new Set<number>();
  private sums: { unknown: number; factor: number }[][] = [];

  /** Adds unknowns and returns the first. */
  add(count: number): number {
    const first = this.parents.length;
    for (let i = 0; i < count; i++) {
      this.parents.push(first + i);
      this.ratios.push(1);
    }
    return first;
  }

  /** d of `unknown` as a multiple of a free unknown; null where it is zero. */
  of(unknown: number): { root: number; ratio: number } | null {
    let [at, ratio] = [unknown, 1];
    while (this.parents[at] !== at) {
      ratio *= this.ratios[at];
      at = this.parents[at];
    }
    if (at !== unknown) {
      this.parents[unknown] = at;
      this.ratios[unknown] = ratio;
    }
    return this.zeros.has(at) ? null : { root: at, ratio };
  }

  zero(unknown: number): void {
    const found = this.of(unknown);
    if (found) this.zeros.add(found.root);
  }

  /** d of a = ratio · d of b. */
  equal(a: number, b: number, ratio = 1): void {
    this.sum([
      { unknown: a, factor: 1 },
      { unknown: b, factor: -ratio },
    ]);
  }

  /** Σ factor · d = 0 */
  sum(terms: readonly { unknown: number; factor: number }[]): void {
    const open = this.open(terms);
    if (open.length === 1) this.zeros.add(open[0].unknown);
    if (open.length === 2) {
      const [a, b] = open;
      this.parents[a.unknown] = b.unknown;
      this.ratios[a.unknown] = -b.factor / a.factor;
    }
    if (open.length > 2) this.sums.push(open);
  }

  /**
   * Settles the sums of three and more, which other equations may have shortened. Where several free unknowns remain,
   * the last one of a sum is set to zero: one symmetry of several.
   */
  settle(): void {
    while (this.sums.length > 0) {
      const before = this.sums;
      this.sums = [];
      for (const terms of before) this.sum(terms);
      if (this.sums.length === before.length) {
        const terms = this.open(this.sums[0]);
        const last = terms[terms.length - 1];
        if (last) this.zeros.add(last.unknown);
      }
    }
  }

  /** The same sum over free unknowns, each named once. */
  private open(terms: readonly { unknown: number; factor: number }[]): { unknown: number; factor: number }[] {
    const factors = new Map<number, number>();
    for (const { unknown, factor } of terms) {
      const found = this.of(unknown);
      if (found) factors.set(found.root, (factors.get(found.root) ?? 0) + factor * found.ratio);
    }
    return [...factors].flatMap(([unknown, factor]) => (factor === 0 ? [] : [{ unknown, factor }]));
  }
}
