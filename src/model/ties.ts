import { isUniform } from './exporterConstants';
import type { SourceGraph, SourceNode } from '../graph/source';
import { usedBySiblings } from './mergedInitializers';
import { areSiblings } from './siblings';
import { indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, pick, sizeOf } from '../graph/tensor';

/** Two tensors that hold the same parameter. */
export interface Tie {
  name: string;
  /** Whether it has the same bits, directly or with its two axes exchanged. */
  copy: string;
  transposed: boolean;
}

/** A tensor this small may equal another by chance. */
const LEAST_ELEMENTS = 16;
const SAMPLES = 24;

/**
 * Weights that were one tensor in training but are in the file twice, with equal bits, such as a language model's embedding
 * and the transposed copy in its output layer. They become one initializer again, read by both. Layers that began
 * as copies of one another, and were not trained, are equal too: names that differ in a number only tell them, theirs or
 * those of the nodes that read them.
 */
export function tieEqualInitializers(source: SourceGraph): { source: SourceGraph; ties: Tie[] } {
  const ties: Tie[] = [];
  const seen = new Map<string, string[]>();
  const index = indexOf(source);
  const isOwn = (a: string, b: string) =>
    source.initializers.get(a) === source.initializers.get(b) || areSiblings(a, b) || usedBySiblings(index, a, b);
  for (const [name, tensor] of alike(source)) {
    const tie = findTie(source, seen, name, tensor);
    if (tie && !isOwn(tie.name, name)) ties.push(tie);
    else {
      const key = sampleKey(tensor, false);
      seen.set(key, [...(seen.get(key) ?? []), name]);
    }
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
    bySizes.set(key, [...(bySizes.get(key) ?? []), [name, tensor]]);
  }
  return [...bySizes.values()].filter((group) => group.length > 1).flat();
}

function findTie(
  { initializers }: SourceGraph,
  seen: ReadonlyMap<string, string[]>,
  copy: string,
  tensor: Tensor,
): Tie | null {
  for (const transposed of tensor.shape.length === 2 ? [false, true] : [false]) {
    for (const name of seen.get(sampleKey(tensor, transposed)) ?? []) {
      if (equal(initializers.get(name)!, tensor, transposed)) return { name, copy, transposed };
    }
  }
  return null;
}

/** A few elements and the shape, of the tensor or of its transpose: equal for equal tensors, and quick to read. */
function sampleKey(tensor: Tensor, transposed: boolean): string {
  const { dtype, shape } = tensor;
  const size = sizeOf(shape);
  const positions = Array.from({ length: SAMPLES }, (_, i) => {
    const flat = Math.floor((i * (size - 1)) / (SAMPLES - 1));
    if (!transposed) return flat;
    const [rows, columns] = shape;
    // Element `flat` of the transpose [columns, rows].
    return (flat % rows) * columns + Math.floor(flat / rows);
  });
  return `${dtype} ${(transposed ? [shape[1], shape[0]] : shape).join()} ${pick(tensor, positions).join()}`;
}

/** Whether b, transposed where asked for, is a element by element. Constant tensors are equal without being tied. */
function equal(a: Tensor, b: Tensor, transposed: boolean): boolean {
  if (isUniform(a)) return false;
  if (!transposed) return (a.data as Float32Array).every((value, i) => Object.is(value, b.data[i]));
  const [rows, columns] = a.shape;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (!Object.is(a.data[i * columns + j], b.data[j * rows + i])) return false;
  }
  return true;
}
