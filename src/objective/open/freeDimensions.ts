import type { Engine } from '../../engine/engine';
import { inputSpecs } from './inputSpecs';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';
import { lowerModel } from '../../model/lowered';

/**
 * Lengths tried in turn for free dimensions other than the batch when there are no data; the last is a second of
 * speech.
 */
const FREE_DIMENSIONS = [16, 32, 64, 224, 8, 4, 1024, 16000];

export interface SomehowLowered {
  lowered: LoweredModel;
  /** Shapes of the inputs. */
  shapes: Readonly<Record<string, readonly number[]>>;
  /** Length that the free dimensions were set to; null where there are none. */
  free: number | null;
}

/**
 * Lowers the model with its free dimensions set to a length that its nodes agree with.
 * @param batch number of samples, where the file leaves it free
 * @throws UserError of the first try when no length works
 */
export async function lowerSomehow(
  prepared: PreparedModel,
  trained: readonly string[],
  engine: Engine,
  batch = 1,
): Promise<SomehowLowered> {
  const specs = inputSpecs(prepared.source);
  const hasFree = specs.some(({ shape }) => shape.slice(1).includes(null));
  const choices = hasFree ? FREE_DIMENSIONS : [1];
  let fault: unknown;
  for (const free of choices) {
    const shapes = Object.fromEntries(
      specs.map(({ name, shape }) => [name, shape.map((dim, i) => dim ?? (i === 0 ? batch : free))]),
    );
    try {
      return { lowered: await lowerModel(prepared, shapes, trained, engine), shapes, free: hasFree ? free : null };
    } catch (error) {
      fault ??= error;
    }
  }
  // Constants in the model may contain the batch of one that the file was exported with.
  if (batch > 1) return lowerSomehow(prepared, trained, engine);
  throw fault;
}

/**
 * A model that was lowered to find its free dimensions. It can be taken once, by a caller that needs the same shapes.
 */
export class LoweredBefore {
  constructor(private found: SomehowLowered | null) {}

  get taken(): boolean {
    return this.found === null;
  }

  take(shapes: Readonly<Record<string, readonly number[]>>): LoweredModel | null {
    const found = this.found;
    const same = Object.entries(shapes).every(([name, shape]) => String(found?.shapes[name]) === String(shape));
    if (!found || !same) return null;
    this.found = null;
    return found.lowered;
  }
}
