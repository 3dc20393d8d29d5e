import { EqualTensors } from './equalTensors';
import { isUniform } from './exporterConstants';
import type { SourceGraph, SourceNode } from '../graph/source';
import { usedBySiblings } from './mergedInitializers';
import { areSiblings } from './siblings';
import { indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';

/** Two tensors that hold the same parameter. */
export interface Tie {
  name: string;
  /** Whether it has the same bits, directly or with its two axes exchanged. */
  copy: string;
  transposed: boolean;
}

/** A tensor this small may equal another by chance. */
const LEAST_ELEMENTS = 16;

/**
 * Weights that were one tensor in training but are in the file twice, with equal bits, such as a language model's embedding
 * and the transposed copy in its output layer. They become one initializer again, read by both. Layers that began
 * as copies of one another, and were not trained, are equal too: names that differ in a number only tell them, theirs or
 * those of the nodes that read them.
 */
export function tieEqualInitializers(source: SourceGraph): { source: SourceGraph; ties: Tie[] } {
  const ties: Tie[] = [];
  const seen = new EqualTensors();
  const index = indexOf(source);
  const isOwn = (a: string, b: string) =>
    source.initializers.get(a) === source.initializers.get(b) || areSiblings(a, b) || usedBySiblings(index, a, b);
  for (const [name, tensor] of alike(source)) {
    // Constant tensors are equal without being tied.
    if (isUniform(tensor)) continue;
    const tie = findTie(seen, name, tensor);
    if (tie && !isOwn(tie.name, name)) ties.push(tie);
    else seen.add(name, tensor);
  }
  if (ties.length === 0) return { source, ties };
  const initializers = new Map(source.initializers);
  for (const { copy } of ties) initializers.delete(copy);
  const views = ties.map(({ name, copy, transposed }): SourceNode => ({
    name: `${copy} (tied to ${name})`,
    op: transposed ? 'Transpose' : 'Identity',
    domain: '',
    inputs: [name],
    outputs: [copy],
    attributes: transposed ? { perm: { kind: 'ints', value: [1, 0] } } : {},
  }));
  return { source: { ...source, nodes: [...views, ...source.nodes], initializers }, ties };
}

/** Matrices and larger that share their sizes, in whatever order, with another one: the others are never read. */
function alike({ initializers }: SourceGraph): [string, Tensor][] {
  const bySizes = new Map<string, [string, Tensor][]>();
  for (const [name, tensor] of initializers) {
    const { dtype, shape } = tensor;
    if (!isFloat(dtype) || shape.filter((dim) => dim > 1).length < 2 || sizeOf(shape) < LEAST_ELEMENTS) continue;
    const key = [...shape].sort((a, b) => a - b).join();
    const group = bySizes.get(key);
    if (group) group.push([name, tensor]);
    else bySizes.set(key, [[name, tensor]]);
  }
  return [...bySizes.values()].filter((group) => group.length > 1).flat();
}

function findTie(seen: EqualTensors, copy: string, tensor: Tensor): Tie | null {
  for (const transposed of tensor.shape.length === 2 ? [false, true] : [false]) {
    const name = seen.find(tensor, transposed);
    if (name !== null) return { name, copy, transposed };
  }
  return null;
}
