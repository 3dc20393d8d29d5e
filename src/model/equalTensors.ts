import type { Tensor } from '../graph/tensor';
import { pick, sizeOf } from '../graph/tensor';

const SAMPLES = 24;

interface Entry {
  name: string;
  tensor: Tensor;
}

/** Tensors that agree in a few elements. Digests, made when a look-up needs them, tell them apart. */
interface Lookalikes {
  undigested: Entry[];
  byDigest: Map<string, Entry[]>;
}

/**
 * Tensors among which an equal one is looked up, directly or with its two axes exchanged. Every look-up reads a few
 * elements. Where these agree with those of another tensor, all elements are read once for a digest, and compared only
 * with a tensor of the same digest: the work grows with the number of tensors, however many of them look alike.
 */
export class EqualTensors {
  private readonly bySample = new Map<string, Lookalikes>();

  add(name: string, tensor: Tensor): void {
    const key = sampleKey(tensor, false);
    const alike = this.bySample.get(key);
    if (alike) alike.undigested.push({ name, tensor });
    else this.bySample.set(key, { undigested: [{ name, tensor }], byDigest: new Map() });
  }

  /** Finds the first tensor that was added and holds the same elements. @param transposed compares with `tensor`ᵀ */
  find(tensor: Tensor, transposed: boolean): string | null {
    const alike = this.bySample.get(sampleKey(tensor, transposed));
    if (!alike) return null;
    for (const entry of alike.undigested.splice(0)) {
      const digest = digestOf(entry.tensor, false);
      const same = alike.byDigest.get(digest);
      if (same) same.push(entry);
      else alike.byDigest.set(digest, [entry]);
    }
    const candidates = alike.byDigest.get(digestOf(tensor, transposed)) ?? [];
    return candidates.find((entry) => equal(entry.tensor, tensor, transposed))?.name ?? null;
  }
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

const number = new Float64Array(1);
const words = new Int32Array(number.buffer);

/** 64 bits that depend on every bit and its place (FNV-1a over the words of the elements, twice with other factors). */
function digestOf({ data, shape }: Tensor, transposed: boolean): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  const take = (value: number): void => {
    // Every NaN is the same, as it is to `Object.is`.
    number[0] = Number.isNaN(value) ? NaN : value;
    a = Math.imul(a ^ words[0], 0x01000193);
    a = Math.imul(a ^ words[1], 0x01000193);
    b = Math.imul(b ^ words[1], 0x5bd1e995) ^ (b >>> 15);
    b = Math.imul(b ^ words[0], 0x5bd1e995) ^ (b >>> 13);
  };
  if (!transposed) for (let i = 0; i < data.length; i++) take(data[i] as number);
  else {
    const [rows, columns] = shape;
    for (let j = 0; j < columns; j++) for (let i = 0; i < rows; i++) take(data[i * columns + j] as number);
  }
  return `${a}/${b}`;
}

/** Whether b, transposed where asked for, is a element by element. */
function equal({ data, shape }: Tensor, { data: other }: Tensor, transposed: boolean): boolean {
  if (!transposed) {
    for (let i = 0; i < data.length; i++) if (!Object.is(data[i], other[i])) return false;
    return true;
  }
  const [rows, columns] = shape;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) if (!Object.is(data[i * columns + j], other[j * rows + i])) return false;
  }
  return true;
}
