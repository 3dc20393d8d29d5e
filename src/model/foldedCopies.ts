import type { SourceGraph, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { pick, sizeOf } from '../graph/tensor';
import { formatExact } from '../text/numbers';
import { CopyIndex } from './copyIndex';

/** A constant that an exporter computed from a parameter that is also in the file. */
export interface FoldedCopy {
  name: string;
  copy: string;
  form: Form;
  constant: number;
}

/** Forms of a copy of a parameter w with a number c. */
type Form = 'w + c' | 'c − w' | 'c · w' | 'w / c' | 'c / w';

/** With one free number, so few elements may agree by chance. */
const LEAST_ELEMENTS = 16;
/** Number of elements to estimate a constant from, and how many of them must differ, because zeros are multiples of zeros. */
const SAMPLES = 16;
const LEAST_DIFFERENT = 8;
/** Numbers in people's code have at most so many digits. */
const DIGITS = [1, 2, 3, 4, 5, 6, 9];

/**
 * Exporters fold expressions of constants: a model that reads w and w − 2, or w and w/8, is written with two tensors. This
 * turns one of them into w + c, c − w, c·w, w/c or c/w again, if that reproduces the bits of every element. Either tensor may
 * come first in the file.
 */
export function unfoldCopies(source: SourceGraph): {
  source: SourceGraph;
  copies: FoldedCopy[];
} {
  const copies = findCopies(source.initializers);
  if (copies.length === 0) return { source, copies };
  const initializers = new Map(source.initializers);
  const nodes = copies.map(({ name, copy, form, constant }): SourceNode => {
    const factor = `${copy} (constant of ${name})`;
    initializers.delete(copy);
    initializers.set(factor, {
      dtype: 'float32',
      shape: [],
      data: Float32Array.of(constant),
    });
    const { op, constantFirst } = FORMS[form];
    return {
      name: `${copy} (made of ${name})`,
      op,
      domain: '',
      inputs: constantFirst ? [factor, name] : [name, factor],
      outputs: [copy],
      attributes: {},
    };
  });
  return {
    source: { ...source, nodes: [...nodes, ...source.nodes], initializers },
    copies,
  };
}

/** In the order of the file: a copy is found at the later of the two tensors, and is made of the first that gives it. */
function findCopies(initializers: SourceGraph['initializers']): FoldedCopy[] {
  const copies: FoldedCopy[] = [];
  const origins = new Set<string>();
  const byShape = new Map<string, CopyIndex<Sampled>>();
  for (const sampled of comparable(initializers)) {
    const shape = sampled.tensor.shape.join();
    const others = byShape.get(shape) ?? new CopyIndex<Sampled>();
    byShape.set(shape, others);
    const found = first(inOrder(others.originsOf(sampled.sample)), (origin) => foldedFrom(origin, sampled));
    const free = found ? [] : inOrder(others.copiesOf(sampled.sample)).filter(({ name }) => !origins.has(name));
    const earlier = first(free, (copy) => foldedFrom(sampled, copy));
    if (earlier) for (const other of free) if (other.name === earlier.copy) others.delete(other.sample, other);
    if (!found) others.add(sampled.sample, sampled);
    const copy = found ?? earlier;
    if (!copy) continue;
    copies.push(copy);
    origins.add(copy.name);
  }
  return copies;
}

/** A tensor with a few of its elements. The others are read only if these agree, because large weights stay in their file. */
interface Sampled {
  name: string;
  tensor: Tensor;
  sample: readonly number[];
  /** In the file. */
  place: number;
}

function inOrder(tensors: Iterable<Sampled>): Sampled[] {
  return [...tensors].sort((a, b) => a.place - b.place);
}

/** Tensors whose elements tell a copy from chance; what is not finite is no parameter. */
function comparable(initializers: SourceGraph['initializers']): Sampled[] {
  return [...initializers]
    .filter(([, { dtype, shape }]) => dtype === 'float32' && sizeOf(shape) >= LEAST_ELEMENTS)
    .map(([name, tensor], place) => ({ name, tensor, sample: sampleOf(tensor), place }))
    .filter(({ sample }) => new Set(sample).size >= LEAST_DIFFERENT && sample.every(Number.isFinite));
}

function sampleOf(tensor: Tensor): number[] {
  const last = sizeOf(tensor.shape) - 1;
  const places = Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * last) / (SAMPLES - 1)));
  return pick(tensor, places).map(Number);
}

interface FormOf {
  op: 'Add' | 'Sub' | 'Mul' | 'Div';
  constantFirst?: boolean;
  of: (w: number, c: number) => number;
  /** c from one element of each. */
  constant: (w: number, copy: number) => number;
}

/** In the order of the attempts: w/8 is also 0.125 · w, and −w is a product. */
const FORMS: Record<Form, FormOf> = {
  'w + c': { op: 'Add', of: (w, c) => w + c, constant: (w, copy) => copy - w },
  'c · w': { op: 'Mul', of: (w, c) => w * c, constant: (w, copy) => copy / w },
  'c − w': {
    op: 'Sub',
    constantFirst: true,
    of: (w, c) => c - w,
    constant: (w, copy) => copy + w,
  },
  'w / c': { op: 'Div', of: (w, c) => w / c, constant: (w, copy) => w / copy },
  'c / w': {
    op: 'Div',
    constantFirst: true,
    of: (w, c) => c / w,
    constant: (w, copy) => copy * w,
  },
};
const ADDITIVE: readonly FormOf['op'][] = ['Add', 'Sub'];

/** Equal tensors are none: `ties.ts` tells which of them are one parameter, and an exporter has nothing to compute. */
function foldedFrom(origin: Sampled, copy: Sampled): FoldedCopy | null {
  if (origin.sample.every((w, i) => w === copy.sample[i])) return null;
  // The largest element has the smallest rounding error.
  const sizes = origin.sample.map(Math.abs);
  const largest = sizes.indexOf(Math.max(...sizes));
  for (const [form, { op, of, constant: from }] of Object.entries(FORMS) as [Form, FormOf][]) {
    const estimates = origin.sample.map((w, i) => from(w, copy.sample[i]));
    const mean = estimates.reduce((sum, c) => sum + c, 0) / SAMPLES;
    const agree = (c: number, a: ArrayLike<number>, b: ArrayLike<number>) =>
      Array.prototype.every.call(a, (w: number, i: number) => Math.fround(of(w, c)) === b[i]);
    const constant = candidates(ADDITIVE.includes(op) ? mean : estimates[largest]).find(
      (c) =>
        agree(c, origin.sample, copy.sample) &&
        agree(c, origin.tensor.data as Float32Array, copy.tensor.data as Float32Array),
    );
    if (constant !== undefined) return { name: origin.name, copy: copy.name, form, constant };
  }
  return null;
}

/** The first that something is found for. */
function first<T, R>(list: readonly T[], find: (each: T) => R | null): R | null {
  for (const each of list) {
    const found = find(each);
    if (found) return found;
  }
  return null;
}

/** Short decimal numbers near an estimate, rounded to float32, and the estimate itself. */
function candidates(estimate: number): number[] {
  if (!Number.isFinite(estimate) || estimate === 0) return [];
  const written = DIGITS.map((digits) => Math.fround(Number(estimate.toPrecision(digits))));
  return [...new Set([...written, Math.fround(estimate)])];
}

/** "w − 2", "2 − w", "0.125 · w", "w / 3", "1 / w" */
export function spelledCopy({ name, form, constant }: FoldedCopy): string {
  const size = formatExact(Number(Math.abs(constant).toPrecision(7)));
  const signed = `${constant < 0 ? '−' : ''}${size}`;
  switch (form) {
    case 'w + c':
      return `${name} ${constant < 0 ? '−' : '+'} ${size}`;
    case 'c − w':
      return `${signed} − ${name}`;
    case 'c · w':
      return `${signed} · ${name}`;
    case 'w / c':
      return `${name} / ${signed}`;
    case 'c / w':
      return `${signed} / ${name}`;
  }
}
