import type { InputSpec } from '../../data/dataset';
import type { SourceGraph } from '../../graph/source';
import { indexOf } from '../../graph/sourceIndex';
import { additiveMasks } from '../../model/additiveMasks';
import { sharingOf } from '../../model/sharedInputs';

/** The inputs that the data fill. Symbolic dimensions are free. A scalar input that no node reads defaults to zero. */
export function inputSpecs(source: SourceGraph): InputSpec[] {
  const sharing = sharingOf(source.inputs);
  const masks = additiveMasks(source);
  const { uses } = indexOf(source);
  return source.inputs.map(({ name, dtype, shape, zeroByDefault, byDefault }) => ({
    name,
    dtype,
    ...(byDefault ? { byDefault } : {}),
    zeroByDefault: zeroByDefault || (shape.length === 0 && !uses.has(name)),
    shape: shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : null)),
    sharing: sharing.get(name),
    masks: masks.has(name),
  }));
}

/** The batch size that the file fixes; null where it leaves the size free. */
export function staticBatch({ inputs }: SourceGraph): number | null {
  // A scalar input that differs from sample to sample forces batches of one sample.
  const sizes = inputs
    .map(({ shape }) => (shape.length === 0 ? 1 : shape[0]))
    .filter((dim): dim is number => typeof dim === 'number' && dim > 0);
  return sizes.length > 0 ? sizes[0] : null;
}
