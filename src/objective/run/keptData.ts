import type { Engine } from '../../engine/engine';
import type { Resident } from '../../engine/resident';
import { disposeOf } from '../../engine/resident';
import type { Feeds } from '../../engine/runtime';
import type { Tensor } from '../../graph/tensor';

/**
 * Share of the memory for residuals. It is small: residuals save whole passes, data only the transfer to the device.
 */
const SHARE = 1 / 4;

type Tensors = Readonly<Record<string, Tensor>>;

/** Keeps the first batches of a lane where programs run, as many as fit. The others are transferred with each run. */
export class KeptData {
  /** Bytes in use once every batch that fits has been read. */
  readonly bytes: number;
  private readonly fitting: number;
  private readonly held = new Map<number, Promise<Readonly<Record<string, Resident>>>>();

  constructor(
    private readonly engine: Pick<Engine, 'hasMemory' | 'upload'>,
    private readonly batches: readonly Tensors[],
    budget: number,
    private readonly lane = 0,
  ) {
    let [bytes, fitting] = [0, 0];
    if (engine.hasMemory) {
      for (const batch of batches) {
        const added = Object.values(batch).reduce((sum, { data }) => sum + data.byteLength, 0);
        if (bytes + added > SHARE * budget) break;
        bytes += added;
        fitting++;
      }
    }
    this.bytes = bytes;
    this.fitting = fitting;
  }

  async of(batch: number): Promise<Feeds> {
    if (batch >= this.fitting) return this.batches[batch];
    if (!this.held.has(batch)) {
      const uploading = this.upload(batch);
      this.held.set(batch, uploading);
      // A failed transfer is forgotten, so that the next request tries again.
      uploading.catch(() => this.held.delete(batch));
    }
    return this.held.get(batch)!;
  }

  clear(): void {
    for (const uploading of this.held.values()) void uploading.then(disposeOf, () => undefined);
    this.held.clear();
  }

  private async upload(batch: number): Promise<Readonly<Record<string, Resident>>> {
    const uploaded: Record<string, Resident> = {};
    try {
      for (const [name, tensor] of Object.entries(this.batches[batch])) {
        uploaded[name] = await this.engine.upload(tensor, this.lane);
      }
      return uploaded;
    } catch (fault) {
      disposeOf(uploaded);
      throw fault;
    }
  }
}
