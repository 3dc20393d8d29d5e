import type { Dataset } from '../../../data/dataset';
import { UserError } from '../../../errors';
import { ShapeError } from '../../../graph/builder';
import { isFloat, sizeOf } from '../../../graph/tensor';
import type { LossName } from '../../../options/options';
import type { LoweredModel } from '../../../model/lowered';

type Build = (batch: number) => Promise<LoweredModel>;

/**
 * Outputs [1] and [1, 1] as the scalars they are: losses that the graph takes of a whole batch. A batch of two tells them
 * from one entry per sample. Not where targets are to be compared with an output: constant shapes in a file may then have
 * merged the samples of a model that was exported for one.
 */
export function withScalarOutputs(
  build: Build,
  { target, samples }: Pick<Dataset, 'target' | 'samples'>,
  { loss, fixed }: { loss: LossName | null; fixed: number | null },
): Build {
  if (samples === 1 || fixed === 1 || (target !== null && loss !== 'output')) return build;
  let known: Promise<ReadonlySet<string>> | null = null;
  return async (batch) => {
    const lowered = await build(batch);
    const singles = singlesOf(lowered);
    if (singles.size === 0) return lowered;
    const names = batch > 1 ? singles : await (known ??= singlesOfTwo(build));
    const { g, outputs } = lowered;
    const changed = Object.entries(outputs).map(([name, value]) => [
      name,
      names.has(name) ? g.reshape(value, []) : value,
    ]);
    return { ...lowered, outputs: Object.fromEntries(changed) as LoweredModel['outputs'] };
  };
}

function singlesOf({ outputs }: LoweredModel): ReadonlySet<string> {
  const singles = Object.entries(outputs).filter(([, { dtype, shape }]) => isFloat(dtype) && sizeOf(shape) === 1);
  return new Set(singles.map(([name]) => name));
}

async function singlesOfTwo(build: Build): Promise<ReadonlySet<string>> {
  try {
    return singlesOf(await build(2));
  } catch (fault) {
    // A constant in there knows the size of the batch.
    if (fault instanceof UserError || fault instanceof ShapeError) return new Set();
    throw fault;
  }
}
