import { norm } from '../numerics/vectors';
import type { ParameterTensor, UnitScaling, WeightRole } from '../objective/objective';
import { UnitElements } from './unitElements';

/** The two sides of units that may be rescaled. */
export interface FoundBalance {
  first: string[];
  second: string[];
  units: number;
  /** Norm of the first weights over that of the second ones, over the units where neither is zero. */
  ratio: { geometricMean: number; least: number; greatest: number };
  /** The ratio that weights of the same variance times fan-in would have, which unequal widths alone bring about. */
  expected: number;
  /** Units where one side is zero, which no factor balances. */
  zero: number;
  /** Norm of either side after multiplying each unit by √(second/first). */
  balancedNorm: number;
}

/** Norms of weights and gradient where all units are balanced, which is the shortest θ of the same function. */
export interface BalancedNorms {
  parameters: number;
  gradient: number | null;
}

const SWEEPS = 50;
const SETTLED = 1e-3;

/** Compares the norms of the two sides of every unit. */
export function findBalance(
  { units, first, second }: UnitScaling,
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  roles: readonly WeightRole[],
): FoundBalance {
  const [one, other] = [first, second].map((side) => new UnitElements(units, side, parameters).squares(theta));
  const logs: number[] = [];
  for (let unit = 0; unit < units; unit++)
    if (one[unit] > 0 && other[unit] > 0) logs.push(Math.log(one[unit] / other[unit]) / 2);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const [least, greatest] = extremesOf(logs);
  const expected = Math.sqrt(variance(first, roles) / variance(second, roles));
  return {
    first: weightNames(first, roles),
    second: weightNames(second, roles),
    units,
    ratio: { geometricMean: Math.exp(mean), least: Math.exp(least), greatest: Math.exp(greatest) },
    expected: Number.isFinite(expected) && expected > 0 ? expected : 1,
    zero: units - logs.length,
    balancedNorm: Math.sqrt(one.reduce((sum, square, unit) => sum + Math.sqrt(square * other[unit]), 0)),
  };
}

function extremesOf(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );
}

/** Names without biases, where there are others. */
function weightNames(side: UnitScaling['first'], roles: readonly WeightRole[]): string[] {
  const names = [...new Set(side.map(({ parameter }) => parameter))];
  const isBias = (name: string) => roles.some(({ parameter, kind }) => parameter === name && kind === 'bias');
  const weights = names.filter((name) => !isBias(name));
  return weights.length > 0 ? weights : names;
}

/** Expected squared norm of one unit's weights where each has variance 1/fan-in; scales are one, biases zero. */
function variance(side: UnitScaling['first'], roles: readonly WeightRole[]): number {
  return side.reduce((sum, { parameter, outer, inner }) => {
    const role = roles.find((each) => each.parameter === parameter);
    if (role?.fans) return sum + (outer * inner) / role.fans.in;
    return role?.kind === 'scale' ? sum + outer * inner : sum;
  }, 0);
}

/**
 * Balances all units: each sweep multiplies the first weights of each unit by √(second/first) and divides the second
 * ones, until no factor differs from 1. This is coordinate descent on ‖θ‖² over the weights of the same function.
 * @see Stock, Graham, Gribonval & Jégou 2019, Equi-normalization of neural networks, arXiv:1902.10416
 */
export function balancedNorms(
  scalings: readonly UnitScaling[],
  parameters: readonly ParameterTensor[],
  theta: Float32Array,
  gradient: Float32Array | null,
): BalancedNorms {
  const weights = Float32Array.from(theta);
  const slopes = gradient && Float32Array.from(gradient);
  const sides = scalings.map(({ units, first, second }) =>
    [first, second].map((side) => new UnitElements(units, side, parameters)),
  );
  for (let sweep = 0, largest = Infinity; sweep < SWEEPS && largest > SETTLED; sweep++) {
    largest = 0;
    for (const [first, second] of sides) {
      const [one, other] = [first.squares(weights), second.squares(weights)];
      const factors = one.map((square, unit) => (square > 0 && other[unit] > 0 ? (other[unit] / square) ** 0.25 : 1));
      const inverse = factors.map((factor) => 1 / factor);
      for (const factor of factors) largest = Math.max(largest, Math.abs(Math.log(factor)));
      first.multiply(weights, factors);
      second.multiply(weights, inverse);
      // ∂L/∂(c·w) = (1/c)·∂L/∂w
      if (slopes) {
        first.multiply(slopes, inverse);
        second.multiply(slopes, factors);
      }
    }
  }
  return { parameters: norm(weights), gradient: slopes && norm(slopes) };
}
