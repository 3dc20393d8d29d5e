import type { Engine } from '../engine/engine';
import type { Resident } from '../engine/resident';
import { disposeOf } from '../engine/resident';
import type { Feeds } from '../engine/runtime';
import type { Tensor } from '../graph/tensor';

/** Of the memory that residuals may take too: they save whole passes, data only the way to the device. */
const SHARE = 1 / 4;

type Tensors = Readonly<Record<string, Tensor>>;

/** Batches of a lane where programs run: the first of them, as many as fit, are brought there once; the others with each run. */
export class KeptData {
  /** Bytes that are taken when every batch that fits was read. */
  readonly bytes: number;
  private readonly fitting: number;
  private readonly held = new Map<number, Readonly<Record<string, Resident>>>();

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
    const known = this.held.get(batch);
    if (known) return known;
    const uploaded: Record<string, Resident> = {};
    for (const [name, tensor] of Object.entries(this.batches[batch])) {
      uploaded[name] = await this.engine.upload(tensor, this.lane);
    }
    this.held.set(batch, uploaded);
    return uploaded;
  }

  clear(): void {
    this.held.forEach(disposeOf);
    this.held.clear();
  }
}
