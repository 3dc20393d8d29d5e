/**
 * A sum of vectors over batches, in float64, because the small ones of thousands of float32 terms would be lost. A
 * single batch is its own sum and is not copied: touching memory for the first time costs far more than the addition,
 * and a vector of a large network takes a hundred megabytes.
 */
export class BatchSum {
  private single: Float32Array | null = null;
  private total: Float64Array | null = null;

  /** Adds `terms` and takes ownership of them: the caller must not change them afterwards. */
  add(terms: Float32Array): void {
    if (!this.single && !this.total) {
      this.single = terms;
      return;
    }
    const total = (this.total ??= new Float64Array(this.single!));
    this.single = null;
    for (let i = 0; i < total.length; i++) total[i] += terms[i];
  }

  /** The sum in float32. With a single batch, it is the very array that was added. */
  get result(): Float32Array {
    if (this.total) return new Float32Array(this.total);
    if (!this.single) throw new Error('There is no batch to sum.');
    return this.single;
  }
}
