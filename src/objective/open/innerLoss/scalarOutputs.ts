import type { Dataset } from '../../../data/dataset';
import { UserError } from '../../../errors';
import { ShapeError } from '../../../graph/builder';
import { isFloat, sizeOf } from '../../../graph/tensor';
import type { LossName } from '../../../options/options';
import type { LoweredModel } from '../../../model/lowered';

type Build = (batch: number) => Promise<LoweredModel>;

/**
 * Reshapes outputs [1] and [1, 1] to scalars if they are losses that the graph computes for a whole batch. A batch of
 * two distinguishes them from outputs with one entry per sample. This is not done where targets are compared with an
 * output, because constant shapes in the file may then have merged the samples of a model that was exported for one.
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
    // A constant in the model fixes the size of the batch.
    if (fault instanceof UserError || fault instanceof ShapeError) return new Set();
    throw fault;
  }
}
