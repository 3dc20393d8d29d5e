import { isUniform } from './exporterConstants';
import type { SourceGraph, SourceNode } from './lower/source';
import type { SourceIndex, Use } from './sourceIndex';
import { indexOf } from './sourceIndex';
import type { Tensor } from './tensor';
import { isFloat, pick, sizeOf } from './tensor';

/**
 * Exporters write equal initializers once: all zero biases of a width, all unit scales. Trained as one tensor they
 * would be tied, which they were not. Gives each use its own copy where the tensor has one axis and all its elements
 * are equal; anything else used twice is taken to be tied on purpose, and so is what belongs to tied weights.
 * @returns the graph, and the names that were split
 */
export function splitMergedInitializers(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const index = indexOf(source);
  const initializers = new Map(source.initializers);
  const renamed = new Map<SourceNode, string[]>();
  const split: string[] = [];
  const outside = new Set(source.nodes);
  for (const [name, tensor] of source.initializers) {
    const places = index.uses.get(name) ?? [];
    const axes = tensor.shape.filter((dim) => dim > 1).length;
    if (places.length < 2 || !isFloat(tensor.dtype) || axes !== 1 || !isUniform(tensor)) continue;
    // A loop reads the same weights in every step.
    if (!places.every(({ node }) => outside.has(node)) || belongsToTiedWeights(source, index, places)) continue;
    split.push(name);
    for (const [i, { node, input }] of places.slice(1).entries()) {
      const copy = `${name}/${i + 2}`;
      initializers.set(copy, tensor);
      if (!renamed.has(node)) renamed.set(node, [...node.inputs]);
      renamed.get(node)![input] = copy;
    }
  }
  const nodes = source.nodes.map((node) => (renamed.has(node) ? { ...node, inputs: renamed.get(node)! } : node));
  return { source: split.length > 0 ? { ...source, nodes, initializers } : source, split };
}

/** A layer that is run twice has one weight matrix, and so one bias. */
function belongsToTiedWeights(
  { initializers }: SourceGraph,
  { producers }: SourceIndex,
  places: readonly Use[],
): boolean {
  const matrix = ({ node, input }: Use) => {
    const layer = node.op === 'Add' ? producers.get(node.inputs[1 - input]) : node;
    return layer?.inputs.find((name) => (initializers.get(name)?.shape.length ?? 0) > 1);
  };
  const [first, ...rest] = places.map(matrix);
  return first !== undefined && rest.every((name) => name === first);
}

/** Two tensors that hold the same parameter. */
export interface Tie {
  name: string;
  /** Bitwise the same, as it is or with its two axes exchanged. */
  copy: string;
  transposed: boolean;
}

/** A tensor this small may equal another by chance. */
const LEAST_ELEMENTS = 16;
const SAMPLES = 24;

/**
 * Weights that were one tensor in training but stand in the file twice, as a language model's embedding and the
 * transposed copy in its output layer: equal bit by bit. They become one initializer again, read by both.
 */
export function tieEqualInitializers(source: SourceGraph): { source: SourceGraph; ties: Tie[] } {
  const ties: Tie[] = [];
  const seen = new Map<string, string[]>();
  for (const [name, tensor] of alike(source)) {
    const tie = findTie(source, seen, name, tensor);
    if (tie) ties.push(tie);
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
