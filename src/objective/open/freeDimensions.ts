import type { Engine } from '../../engine/engine';
import { inputSpecs } from './inputSpecs';
import type { LoweredModel } from '../../model/lowered';
import type { PreparedModel } from '../../model/prepared';
import { lowerModel } from '../../model/lowered';

/** What free dimensions beside the batch are taken as where no data tell, tried in turn; the last is a second of speech. */
const FREE_DIMENSIONS = [16, 32, 64, 224, 8, 4, 1024, 16000];

export interface SomehowLowered {
  lowered: LoweredModel;
  /** Of the inputs. */
  shapes: Readonly<Record<string, readonly number[]>>;
  /** What free dimensions were set to, null where there are none. */
  free: number | null;
}

/**
 * The model with its free dimensions set to something that its nodes agree with.
 * @param batch samples, where the file leaves them free
 * @throws UserError of the first try when nothing does
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
  // Constants in there may know the batch of one that the file was made with.
  if (batch > 1) return lowerSomehow(prepared, trained, engine);
  throw fault;
}

/** A model that was lowered to learn its free dimensions, for whoever wants it in just those shapes: once. */
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
