import type { SourceGraph, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { pick, sizeOf } from '../graph/tensor';

/** A constant that an exporter computed from a parameter that the file holds too. */
export interface FoldedCopy {
  name: string;
  copy: string;
  op: 'Add' | 'Mul';
  constant: number;
}

/** With one free number, fewer elements may agree by chance. */
const LEAST_ELEMENTS = 16;
/** Elements that a constant is estimated from, and how many of them differ at least: zeros are multiples of zeros. */
const SAMPLES = 16;
const LEAST_DIFFERENT = 8;
/** Numbers that people write in code have so many digits at most. */
const DIGITS = [1, 2, 3, 4, 5, 6, 9];

/**
 * Exporters fold what depends on constants alone: a model that reads w and w − 2, or w and w/8, is written with two
 * tensors. The second becomes w + c or c·w again, where that gives every element bit by bit.
 */
export function unfoldCopies(source: SourceGraph): { source: SourceGraph; copies: FoldedCopy[] } {
  const copies: FoldedCopy[] = [];
  const origins = new Map<string, Sampled[]>();
  for (const [name, tensor] of source.initializers) {
    if (tensor.dtype !== 'float32' || sizeOf(tensor.shape) < LEAST_ELEMENTS) continue;
    const key = tensor.shape.join();
    const sampled = { name, tensor, sample: sampleOf(tensor) };
    if (new Set(sampled.sample).size < LEAST_DIFFERENT) continue;
    const others = origins.get(key) ?? [];
    const found = others.flatMap((origin) => foldedFrom(origin, sampled)).at(0);
    if (found) copies.push(found);
    else origins.set(key, [...others, sampled]);
  }
  if (copies.length === 0) return { source, copies };
  const initializers = new Map(source.initializers);
  const nodes = copies.map(({ name, copy, op, constant }): SourceNode => {
    const factor = `${copy} (constant of ${name})`;
    initializers.delete(copy);
    initializers.set(factor, { dtype: 'float32', shape: [], data: Float32Array.of(constant) });
    return {
      name: `${copy} (made of ${name})`,
      op,
      domain: '',
      inputs: [name, factor],
      outputs: [copy],
      attributes: {},
    };
  });
  return { source: { ...source, nodes: [...nodes, ...source.nodes], initializers }, copies };
}

/** A tensor with a few of its elements: the others are read where these agree, since large weights stay in their file. */
interface Sampled {
  name: string;
  tensor: Tensor;
  sample: readonly number[];
}

function sampleOf(tensor: Tensor): number[] {
  const last = sizeOf(tensor.shape) - 1;
  const places = Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * last) / (SAMPLES - 1)));
  return pick(tensor, places).map(Number);
}

function foldedFrom(origin: Sampled, copy: Sampled): FoldedCopy[] {
  const shift = copy.sample.reduce((sum, value, i) => sum + (value - origin.sample[i]), 0) / SAMPLES;
  // The largest element is rounded the least.
  const sizes = origin.sample.map(Math.abs);
  const largest = sizes.indexOf(Math.max(...sizes));
  const factor = copy.sample[largest] / origin.sample[largest];
  const forms = [
    ...candidates(shift).map((constant) => ({ op: 'Add' as const, constant, of: (x: number) => x + constant })),
    ...candidates(factor).map((constant) => ({ op: 'Mul' as const, constant, of: (x: number) => x * constant })),
  ];
  const agree = (of: (x: number) => number, a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.prototype.every.call(a, (x: number, i: number) => Math.fround(of(x)) === b[i]);
  const form = forms.find(
    ({ of }) =>
      agree(of, origin.sample, copy.sample) &&
      agree(of, origin.tensor.data as Float32Array, copy.tensor.data as Float32Array),
  );
  return form ? [{ name: origin.name, copy: copy.name, op: form.op, constant: form.constant }] : [];
}

/** Numbers as people write them near an estimate, as float32 holds them, and the estimate itself. */
function candidates(estimate: number): number[] {
  if (!Number.isFinite(estimate) || estimate === 0) return [];
  const written = DIGITS.map((digits) => Math.fround(Number(estimate.toPrecision(digits))));
  return [...new Set([...written, Math.fround(estimate)])];
}

/** "w − 2", "0.125 · w" */
export function spelledCopy({ name, op, constant }: FoldedCopy): string {
  const size = Number(Math.abs(constant).toPrecision(7));
  if (op === 'Add') return `${name} ${constant < 0 ? '−' : '+'} ${size}`;
  return `${constant < 0 ? '−' : ''}${size} · ${name}`;
}
