/**
 * The sum of vectors over batches, in float64: thousands of float32 terms would lose the small ones. A single batch is
 * its own sum and stays where it is: memory that is touched for the first time costs far more than adding does, and a
 * vector of a large network has a hundred megabytes.
 */
export class BatchSum {
  private single: Float32Array | null = null;
  private total: Float64Array | null = null;

  /** Takes `terms` over: they must not be changed afterwards. */
  add(terms: Float32Array): void {
    if (!this.single && !this.total) {
      this.single = terms;
      return;
    }
    const total = (this.total ??= new Float64Array(this.single!));
    this.single = null;
    for (let i = 0; i < total.length; i++) total[i] += terms[i];
  }

  /** In float32; the memory of the terms where there was one batch. */
  get result(): Float32Array {
    if (this.total) return new Float32Array(this.total);
    if (!this.single) throw new Error('There is no batch to sum.');
    return this.single;
  }
}
