import type { Resident } from '../../engine/resident';
import { BatchSum } from './batchSum';

/** A sum of vectors over batches, computed where the vectors are. */
export interface VectorSum {
  /** Adds `terms` and disposes of them. */
  add(terms: Resident): Promise<void>;
  /** The sum in float32. @throws Error where nothing was added */
  result(): Promise<Float32Array>;
  /** Frees its memory, whether or not the result was read. */
  dispose(): void;
}

/** A sum of vectors on the host, in float64. */
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
    // On the host there is nothing to free.
  }
}
