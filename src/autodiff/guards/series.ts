import type { Op } from '../../graph/ops';

/** The series f(c + h) = Σ aₖ·hᵏ, truncated after some terms. */
export type Series = readonly number[];

/** Terms below this bound count as rounding errors, because the other terms are of order one. */
export const ROUNDING = 1e-12;

export const constantSeries = (a: number, terms: number): Series => [a, ...Array<number>(terms - 1).fill(0)];

const length = (...all: readonly Series[]) => Math.min(...all.map((each) => each.length));
const make = (terms: number, term: (k: number) => number) => Array.from({ length: terms }, (_, k) => term(k));
const sum = (from: number, to: number, term: (j: number) => number) => {
  let total = 0;
  for (let j = from; j <= to; j++) total += term(j);
  return total;
};

export const add = (a: Series, b: Series) => make(length(a, b), (k) => a[k] + b[k]);
export const scale = (a: Series, by: number) => a.map((term) => by * term);
const shift = (a: Series, by: number) => [a[0] + by, ...a.slice(1)];
export const multiply = (a: Series, b: Series) => make(length(a, b), (k) => sum(0, k, (j) => a[j] * b[k - j]));

/** Computes a series in which each term follows from the previous ones. */
function recursive(terms: number, first: number, next: (found: readonly number[], k: number) => number): Series {
  const found = [first];
  for (let k = 1; k < terms; k++) found.push(next(found, k));
  return found;
}

/** Computes a/b. Returns null if b is zero at c. */
export function divide(a: Series, b: Series): Series | null {
  if (Math.abs(b[0]) <= ROUNDING) return null;
  return recursive(length(a, b), a[0] / b[0], (q, k) => (a[k] - sum(0, k - 1, (j) => q[j] * b[k - j])) / b[0]);
}

const exp = (u: Series) => recursive(u.length, Math.exp(u[0]), (e, k) => sum(1, k, (j) => j * u[j] * e[k - j]) / k);

/** Computes the series of f(u) from that of f′(u). */
const integral = (first: number, slope: Series, u: Series): Series =>
  make(Math.min(u.length, slope.length + 1), (k) => (k === 0 ? first : sum(1, k, (j) => j * u[j] * slope[k - j]) / k));

const whole = (slope: Series | null, first: number, u: Series) => slope && integral(first, slope, u);

function log(u: Series): Series | null {
  return u[0] > 0 ? whole(divide(constantSeries(1, u.length), u), Math.log(u[0]), u) : null;
}

function sqrt(u: Series): Series | null {
  if (!(u[0] > 0)) return null;
  const first = Math.sqrt(u[0]);
  return recursive(u.length, first, (s, k) => (u[k] - sum(1, k - 1, (j) => s[j] * s[k - j])) / (2 * first));
}

/** Computes [sin u, cos u], or [sinh u, cosh u] if the sign is 1. */
function waves(u: Series, sign: 1 | -1): [Series, Series] {
  const [s, c] = sign < 0 ? [[Math.sin(u[0])], [Math.cos(u[0])]] : [[Math.sinh(u[0])], [Math.cosh(u[0])]];
  for (let k = 1; k < u.length; k++) {
    s.push(sum(1, k, (j) => j * u[j] * c[k - j]) / k);
    c.push((sign * sum(1, k, (j) => j * u[j] * s[k - j])) / k);
  }
  return [s, c];
}

const reciprocal = (u: Series) => divide(constantSeries(1, u.length), u);
const oneOver = (u: Series | null) => u && reciprocal(u);
const square = (u: Series) => multiply(u, u);
const sigmoid = (u: Series) => reciprocal(shift(exp(scale(u, -1)), 1));

const table: { [O in Op]?: (u: Series) => Series | null } = {
  Exp: (u) => exp(u),
  Log: (u) => log(u),
  Sqrt: (u) => sqrt(u),
  Sin: (u) => waves(u, -1)[0],
  Cos: (u) => waves(u, -1)[1],
  Tan: (u) => divide(...waves(u, -1)),
  Sinh: (u) => waves(u, 1)[0],
  Cosh: (u) => waves(u, 1)[1],
  Tanh: (u) => divide(...waves(u, 1)),
  Sigmoid: (u) => sigmoid(u),
  Softplus: (u) => whole(sigmoid(u), Math.log1p(Math.exp(u[0])), u),
  Atan: (u) => whole(oneOver(shift(square(u), 1)), Math.atan(u[0]), u),
  Asin: (u) => whole(oneOver(sqrt(shift(scale(square(u), -1), 1))), Math.asin(u[0]), u),
  Asinh: (u) => whole(oneOver(sqrt(shift(square(u), 1))), Math.asinh(u[0]), u),
  Atanh: (u) => whole(oneOver(shift(scale(square(u), -1), 1)), Math.atanh(u[0]), u),
};

/** Computes the series of a smooth function of one operand. Returns null if there is none. */
export function functionOf(op: Op, operand: Series): Series | null {
  return table[op]?.(operand) ?? null;
}
