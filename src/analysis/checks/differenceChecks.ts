import { dot, norm } from '../../numerics/vectors';
import type { Objective, SampleCurvature } from '../../objective/objective';
import { stateOf } from '../../report/checkState';
import type { Check } from '../../report/curvature';
import { hessianOf } from '../../spectrum/operator';
import { formatNumber } from '../../text/numbers';
import { ROUNDING, differenceCheck, flushedAlong, meanSize, productRounding, unjudged } from './checks';
import type { Expected } from './checks';
import type { Around, Curve, Difference } from './finiteDifferences';
import { curvatureOf, sampleAround, sampleFurther, slopeOf } from './finiteDifferences';
import { lossNoise } from './lossNoise';
import { termsOfDot } from './stretch';
import type { Stretch } from './stretch';
import { changeUnderRounding } from './underRounding';

/** The derivatives that are checked along each direction, and the data that bound their rounding errors. */
export interface Derivatives {
  gradient: Float32Array;
  /** H·d */
  hessian: readonly Float32Array[];
  /** Slope and curvature of every sample along each direction d, from forward mode. */
  forward: readonly SampleCurvature[];
  stretch: Stretch;
  /** Operators of the model, and the loss, whose slope jumps somewhere. */
  kinks: readonly string[];
}

/** A difference shows a deviation only if it exceeds this many rounding errors. */
const RESOLVES = 5;

/** Relative error of a weight: θ + h·d is rounded to float32. */
const UNIT = 2 ** -24;

/**
 * Checks gᵀd and dᵀHd along each direction against finite differences of the loss. If there are kinks, the differences
 * use the smooth piece of the loss. A disagreement or an unresolved difference is investigated before it is reported:
 * the noise of the loss is measured, and shorter and longer steps are tried until only rounding is left.
 * Cost: 21 losses per direction, and up to 60 more if those do not suffice.
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
    // Rounding θ + h·d changes the loss along the gradient. Rounding in a logarithm of probabilities is absolute.
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

/** The checks of slope and curvature along one direction. Both use the same losses. */
class PairOfChecks {
  slope!: Check;
  curvature!: Check;
  private curve!: Curve;
  private found!: { slope: Difference; curvature: Difference };
  private readonly expected: { slope: Expected; curvature: Expected };
  /** Mean over the samples of the largest |ż|, the derivative of a logit along d; 0 if the loss is not a logarithm. */
  private readonly logitSpeed: number;

  constructor(
    private readonly index: number,
    private readonly d: Float32Array,
    { gradient, hessian, forward, stretch }: Derivatives,
  ) {
    const { slopes, curvatures, lossRounding } = forward[index];
    const hd = hessian[index];
    this.logitSpeed = lossRounding ? lossRounding.slope / lossRounding.loss : 0;
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

  /** Adds the measured rounding error of the product to the limit of the curvature check. */
  async allow(rounding: () => Promise<number>) {
    this.expected.curvature.rounding += await rounding();
    this.curvature = this.check('curvature');
  }

  /**
   * Withdraws failures where the derivatives hold only over steps too short for float32, so that finite differences see
   * the loss beyond those steps: rounding changes the loss by a large share of its value, or hides the deviation over
   * all steps within the radius of convergence of the loss.
   */
  withdraw() {
    for (const kind of ['slope', 'curvature'] as const) {
      const { name, value, limit, detail } = this[kind];
      if (stateOf(this[kind]) !== 'failed' || !Number.isFinite(value)) continue;
      const why = this.rounded() ?? this.beyondRadius(kind);
      if (why !== null) this[kind] = unjudged(name, value, limit, detail, why);
    }
  }

  private rounded(): string | null {
    const { noise, centre } = this.curve;
    if (!(noise > Math.abs(centre) / 4) || centre === 0) return null;
    return `rounding moves this loss by ${formatNumber(noise, 2)}, and it is ${formatNumber(centre, 2)}`;
  }

  /**
   * log(1 + eᶻ) has its nearest singularity at z = ±iπ. With logits that move by ż along d, its series in the step h
   * converges for h < π/|ż| only, and so does the extrapolation of differences.
   */
  private beyondRadius(kind: 'slope' | 'curvature'): string | null {
    if (this.logitSpeed === 0) return null;
    const radius = Math.PI / this.logitSpeed;
    const rounding = this.found[kind].roundingWithin(radius);
    if (!(RESOLVES * rounding > this[kind].value)) return null;
    return `this loss bends within steps of ${formatNumber(radius, 2)}, over which rounding leaves differences good to ${formatNumber(rounding, 2)} only`;
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

  /**
   * Whether shorter steps can resolve more. Halving a step doubles the rounding error of the slope and quadruples that
   * of the curvature.
   */
  private get shorterKnowMore(): boolean {
    return this.unsettled.some((kind) => {
      const { value, last } = this.found[kind];
      // If no loss has been finite yet, only a shorter step can help.
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
