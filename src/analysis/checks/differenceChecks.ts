import { dot, norm } from '../../numerics/vectors';
import type { Objective, SampleCurvature } from '../../objective/objective';
import { stateOf } from '../../report/checkState';
import type { Check } from '../../report/curvature';
import { hessianOf } from '../../spectrum/operator';
import { ROUNDING, differenceCheck, flushedAlong, meanSize, productRounding, unjudged } from './checks';
import type { Expected } from './checks';
import type { Around, Curve, Difference } from './finiteDifferences';
import { curvatureOf, sampleAround, sampleFurther, slopeOf } from './finiteDifferences';
import { lossNoise } from './lossNoise';
import { termsOfDot } from './stretch';
import type { Stretch } from './stretch';
import { changeUnderRounding } from './underRounding';

/** What is checked, by direction, and what tells how large rounding errors may be. */
export interface Derivatives {
  gradient: Float32Array;
  /** H·d */
  hessian: readonly Float32Array[];
  /** Slope and curvature of every sample along d. */
  forward: readonly SampleCurvature[];
  stretch: Stretch;
  /** Operators with kinks on the way to the loss. */
  kinks: readonly string[];
}

/** Relative error of a weight: θ + h·d is rounded to float32. */
const UNIT = 2 ** -24;

/**
 * gᵀd and dᵀHd of each direction against differences of the loss; where there are kinks, of its piece without them.
 * Before a difference is said to disagree, or to tell nothing, everything that may be wrong with it is looked into: the
 * noise of the loss is measured, and steps are taken shorter, and longer, until only rounding is left.
 * Cost: 21 losses for each direction; where those do not do, up to 60 more.
 */
export async function differenceChecks(
  objective: Objective,
  directions: readonly Float32Array[],
  derivatives: Derivatives,
  { seed, signal }: { seed: number; signal?: AbortSignal },
): Promise<Check[]> {
  const { kinks, gradient, forward } = derivatives;
  const piece = kinks.length > 0;
  const told = `; differences of the smooth piece at θ, on which ${kinks.join(', ')} choose as they do there`;
  let measured: Promise<number> | null = null;
  const noiseOfLoss = () => (measured ??= lossNoise(objective, { piece, seed, signal }));
  const checks: Check[] = [];
  for (const [i, d] of directions.entries()) {
    // Rounding θ + h·d moves the loss along the gradient; rounding in a logarithm of probabilities is absolute.
    const noise = UNIT * norm(gradient.map((g, k) => g * objective.theta[k])) + (forward[i].lossRounding?.loss ?? 0);
    const pair = new PairOfChecks(i, d, derivatives);
    await pair.settle(objective, { piece, noise, signal }, noiseOfLoss);
    if (stateOf(pair.curvature) === 'failed') {
      await pair.allow(() => changeUnderRounding(hessianOf(objective), d, { seed, signal }));
    }
    pair.withdraw();
    checks.push(piece && i === 0 ? { ...pair.slope, detail: pair.slope.detail + told } : pair.slope, pair.curvature);
  }
  return checks;
}

/** Slope and curvature along one direction, which share their losses. */
class PairOfChecks {
  slope!: Check;
  curvature!: Check;
  private curve!: Curve;
  private found!: { slope: Difference; curvature: Difference };
  private readonly expected: { slope: Expected; curvature: Expected };

  constructor(
    private readonly index: number,
    private readonly d: Float32Array,
    { gradient, hessian, forward, stretch }: Derivatives,
  ) {
    const { slopes, curvatures, lossRounding } = forward[index];
    const hd = hessian[index];
    const [slopeSize, curvatureSize] = [meanSize(slopes), meanSize(curvatures)];
    this.expected = {
      slope: {
        symbol: 'gᵀd',
        value: dot(gradient, d),
        rounding:
          ROUNDING * (termsOfDot(stretch.parameters, gradient, d) + slopeSize) +
          flushedAlong(d) +
          (lossRounding?.slope ?? 0),
        size: slopeSize,
      },
      curvature: {
        symbol: 'dᵀHd',
        value: dot(d, hd),
        rounding: productRounding(d, hd, curvatureSize, stretch) + (lossRounding?.curvature ?? 0),
        size: curvatureSize,
      },
    };
  }

  async settle(objective: Objective, around: Around & { noise: number }, noiseOfLoss: () => Promise<number>) {
    let curve = await sampleAround(objective, this.d, around);
    this.judge(curve);
    if (this.isSettled) return;
    curve = { ...curve, noise: Math.max(curve.noise, await noiseOfLoss()) };
    this.judge(curve);
    const open = new Set(['shorter', 'longer'] as const);
    while (!this.isSettled) {
      const way = [...open].find((one) => (one === 'shorter' ? this.shorterKnowMore : this.longerKnowMore));
      if (!way) return;
      const more = await sampleFurther(objective, this.d, curve, { ...around, way });
      if (more) this.judge((curve = more));
      else open.delete(way);
    }
  }

  /** Counts what rounding was seen to do to the product, where that is more than could be told before. */
  async allow(rounding: () => Promise<number>) {
    this.expected.curvature.rounding += await rounding();
    this.curvature = this.check('curvature');
  }

  /**
   * Takes back a verdict that no difference could give: where rounding moves the loss by as much as it is, the derivatives
   * hold over steps that float32 weights cannot take, and differences see the loss beyond them.
   */
  withdraw() {
    const { noise, centre } = this.curve;
    if (!(noise > Math.abs(centre) / 4) || centre === 0) return;
    const why = `rounding moves this loss by ${noise.toExponential(1)}, and it is ${centre.toExponential(1)}`;
    const open = (check: Check) => {
      const { name, value, limit, detail } = check;
      const isOpen = stateOf(check) === 'failed' && Number.isFinite(value);
      return isOpen ? unjudged(name, value, limit, detail, why) : check;
    };
    this.slope = open(this.slope);
    this.curvature = open(this.curvature);
  }

  private judge(curve: Curve) {
    this.curve = curve;
    this.found = { slope: slopeOf(curve), curvature: curvatureOf(curve) };
    this.slope = this.check('slope');
    this.curvature = this.check('curvature');
  }

  private check(kind: 'slope' | 'curvature'): Check {
    const name = { slope: 'gradient', curvature: 'curvature' }[kind];
    return differenceCheck(`${name}, direction ${this.index + 1}`, this.found[kind], this.expected[kind]);
  }

  private get isSettled(): boolean {
    return this.unsettled.length === 0;
  }

  private get unsettled() {
    return (['slope', 'curvature'] as const).filter((kind) => stateOf(this[kind]) !== 'passed');
  }

  /** A step half as long has twice the rounding in its slope and four times that in its curvature. */
  private get shorterKnowMore(): boolean {
    return this.unsettled.some((kind) => {
      const { value, last } = this.found[kind];
      // Nothing is known at all where no loss was a number yet.
      if (!Number.isFinite(last.value)) return true;
      const exact = this.expected[kind].value;
      const open = Math.max(Math.abs(exact), Math.abs((Number.isFinite(value) ? value : last.value) - exact));
      return 4 * last.rounding < open;
    });
  }

  private get longerKnowMore(): boolean {
    return this.unsettled.some((kind) => this.found[kind].flat);
  }
}
