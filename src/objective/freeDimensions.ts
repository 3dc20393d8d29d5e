import type { Engine } from '../engine/engine';
import { inputSpecs } from './loadData';
import type { LoweredModel, PreparedModel } from './model';
import { lowerModel } from './model';

/** What free dimensions beside the batch are taken as where no data tell, tried in turn; the last is a second of speech. */
const FREE_DIMENSIONS = [16, 32, 64, 224, 8, 4, 1024, 16000];

/**
 * The model with its free dimensions set to something that its nodes agree with.
 * @returns `free`: what they were set to, null where there are none
 * @throws UserError of the first try when nothing does
 */
export async function lowerSomehow(
  prepared: PreparedModel,
  trained: readonly string[],
  engine: Engine,
): Promise<{ lowered: LoweredModel; free: number | null }> {
  const specs = inputSpecs(prepared.source);
  const hasFree = specs.some(({ shape }) => shape.slice(1).includes(null));
  const choices = hasFree ? FREE_DIMENSIONS : [1];
  let fault: unknown;
  for (const free of choices) {
    const shapes = Object.fromEntries(
      specs.map(({ name, shape }) => [name, shape.map((dim, i) => dim ?? (i === 0 ? 1 : free))]),
    );
    try {
      return { lowered: await lowerModel(prepared, shapes, trained, engine), free: hasFree ? free : null };
    } catch (error) {
      fault ??= error;
    }
  }
  throw fault;
}
