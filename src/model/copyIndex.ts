import { SortedList } from './sortedList';

/**
 * Tensors among which those are looked up that may be w + c, c − w, c · w, w / c or c / w of another, rounded to float32.
 * Each form keeps a signature of the tensor, so a look-up compares numbers and not tensors:
 *
 *   σ(t) = |Σᵢ aᵢ · tᵢ| / √(Σᵢ tᵢ²),  aᵢ fixed numbers of at most 1
 *
 * is the same for t and c · t. So w + c and c − w keep σ(w − mean w), c · w and w / c keep σ(w), and c / w has σ(1 / w).
 * The bound of the rounding error holds for every copy, so none is missed; other tensors seldom come as near.
 * A tensor is known by a sample: the same few elements of each, all finite and not all equal.
 */
export class CopyIndex<T> {
  private readonly forms = FORMS.map(() => ({
    origins: new SortedList<T>(),
    /** By the power of two that the error is at most: intervals of similar length are found by their middle. */
    copies: new Map<number, SortedList<T>>(),
  }));

  add(sample: readonly number[], tensor: T): void {
    FORMS.forEach((form, i) => {
      const { origins, copies } = this.forms[i];
      const asOrigin = form.ofOrigin(sample);
      if (Number.isFinite(asOrigin)) origins.add(asOrigin, tensor);
      const { signature, error } = form.ofCopy(sample);
      const level = levelOf(error);
      const alike = copies.get(level) ?? new SortedList<T>();
      copies.set(level, alike);
      alike.add(signature, tensor);
    });
  }

  /** @param sample with which the tensor was added */
  delete(sample: readonly number[], tensor: T): void {
    FORMS.forEach((form, i) => {
      const { origins, copies } = this.forms[i];
      origins.delete(form.ofOrigin(sample), tensor);
      const { signature, error } = form.ofCopy(sample);
      copies.get(levelOf(error))?.delete(signature, tensor);
    });
  }

  /** What the tensor of this sample may be a copy of. */
  originsOf(sample: readonly number[]): Set<T> {
    const found = FORMS.flatMap((form, i) => {
      const { signature, error } = form.ofCopy(sample);
      return this.forms[i].origins.within(signature, error);
    });
    return new Set(found);
  }

  /** What may be a copy of the tensor of this sample. */
  copiesOf(sample: readonly number[]): Set<T> {
    const found = FORMS.flatMap((form, i) => {
      const signature = form.ofOrigin(sample);
      return [...this.forms[i].copies].flatMap(([level, alike]) => alike.within(signature, 2 ** level));
    });
    return new Set(found);
  }
}

interface Form {
  /** NaN where there is no such copy. */
  ofOrigin: (sample: readonly number[]) => number;
  /** @returns error how far rounding to float32 may have moved the signature from that of the origin */
  ofCopy: (sample: readonly number[]) => { signature: number; error: number };
}

const FORMS: readonly Form[] = [
  // w + c, c − w
  { ofOrigin: (w) => signatureOf(centred(w)), ofCopy: (copy) => rounded(copy, centred(copy)) },
  // c · w, w / c
  { ofOrigin: (w) => signatureOf(w), ofCopy: (copy) => rounded(copy, copy) },
  // c / w. Where an element of w is zero, this is NaN: the copy is not finite.
  { ofOrigin: (w) => signatureOf(w.map((x) => 1 / x)), ofCopy: (copy) => rounded(copy, copy) },
];

function signatureOf(values: readonly number[]): number {
  return Math.abs(values.reduce((sum, x, i) => sum + weight(i) * x, 0)) / norm(values);
}

/** aᵢ: without a pattern that weights may follow, too. */
function weight(i: number): number {
  return Math.cos(1 + i * i);
}

function norm(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return values.map((x) => x - mean);
}

/** Half a unit in the last place of float32: relative, and for subnormal numbers. */
const RELATIVE = 2 ** -24;
const ABSOLUTE = 2 ** -150;
/** The signatures are float64, whose own error is far below this part of the bound. */
const SLACK = 1.1;

/**
 * An error of d in each of n elements moves Σ aᵢ·tᵢ by n·d and the norm by √n·d at most. Their quotient, which is √n at
 * most, moves by (n + √n·√n)·d / ‖t‖ = 2n·d / ‖t‖. Taking off the mean doubles d.
 */
function rounded(copy: readonly number[], t: readonly number[]): { signature: number; error: number } {
  const d = 2 * (RELATIVE * Math.max(...copy.map(Math.abs)) + ABSOLUTE);
  return { signature: signatureOf(t), error: (SLACK * 2 * t.length * d) / norm(t) };
}

function levelOf(error: number): number {
  return Math.ceil(Math.log2(error));
}
