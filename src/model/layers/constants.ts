import type { Value } from '../../graph/graph';
import { constantOf, nodesOf } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';

export type Numbers = ArrayLike<number | bigint>;

/**
 * What a value that depends on constants alone differs by from element to element: tensors of its own sizes, none where
 * all its elements are equal. Null where it is put together from constants of other sizes.
 */
export function contentsOf(value: Value): Numbers[] | null {
  const tensor = constantOf(value);
  if (tensor) return isUniform(tensor.data) ? [] : [tensor.data];
  const sizes = sizesOf(value.shape);
  const contents: Numbers[] = [];
  for (const { outputs } of nodesOf([value])) {
    const { data, shape } = constantOf(outputs[0]) ?? { data: [], shape: [] };
    if (isUniform(data)) continue;
    if (sizesOf(shape) !== sizes) return null;
    contents.push(data);
  }
  return contents;
}

/** The sizes of a shape without axes of length 1. */
const sizesOf = (shape: readonly number[]): string => `${shape.filter((size) => size > 1).join()} ${sizeOf(shape)}`;

function isUniform(data: Numbers): boolean {
  for (let i = 1; i < data.length; i++) if (data[i] !== data[0]) return false;
  return true;
}
