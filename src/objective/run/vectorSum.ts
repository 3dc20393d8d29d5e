import type { Resident } from '../../engine/resident';
import { BatchSum } from './batchSum';

/** A sum of vectors over batches, made where the vectors are. */
export interface VectorSum {
  /** Takes `terms` over and ends them. */
  add(terms: Resident): Promise<void>;
  /** In float32. @throws Error where nothing was added */
  result(): Promise<Float32Array>;
  /** Ends what it holds, whether it was asked for its result or not. */
  dispose(): void;
}

/** Of vectors on the host, in float64. */
export class HostSum implements VectorSum {
  private readonly sum = new BatchSum();

  async add(terms: Resident): Promise<void> {
    this.sum.add((await terms.read()).data as Float32Array);
    terms.dispose();
  }

  result(): Promise<Float32Array> {
    return Promise.resolve(this.sum.result);
  }

  dispose(): void {
    // Nothing outlives it on the host.
  }
}
