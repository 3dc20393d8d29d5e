import type { Op } from '../../graph/ops';

/** f(c + h) = Σ aₖ·hᵏ, cut off after some terms. */
export type Series = readonly number[];

/** Terms below this, beside terms of order one, are rounding. */
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

/** Series whose terms follow from the ones before. */
function recursive(terms: number, first: number, next: (found: readonly number[], k: number) => number): Series {
  const found = [first];
  for (let k = 1; k < terms; k++) found.push(next(found, k));
  return found;
}

/** a/b for a b that is not zero at c. */
export function divide(a: Series, b: Series): Series | null {
  if (Math.abs(b[0]) <= ROUNDING) return null;
  return recursive(length(a, b), a[0] / b[0], (q, k) => (a[k] - sum(0, k - 1, (j) => q[j] * b[k - j])) / b[0]);
}

const exp = (u: Series) => recursive(u.length, Math.exp(u[0]), (e, k) => sum(1, k, (j) => j * u[j] * e[k - j]) / k);

/** With f′ given as a series of h. */
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

/** [sin u, cos u], or for a sign of 1 [sinh u, cosh u]. */
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

/** The series of a smooth function of one operand; null where it has none. */
export function functionOf(op: Op, operand: Series): Series | null {
  return table[op]?.(operand) ?? null;
}
