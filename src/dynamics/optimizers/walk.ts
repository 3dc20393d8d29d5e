import { dot, norm } from '../../numerics/vectors';
import type { Objective, ProductKind } from '../../objective/objective';
import { displaced } from '../displaced';
import type { PlaneProjection, Projected } from './planeProjection';

/** Prices in gradients over all data. The loss at a point whose gradient is taken comes with the gradient. */
export const PRICE = { product: 2, loss: 1 / 3 };

export interface StartOfWalk {
  /** θ + displacement is where every run starts, [dim]. */
  displacement: Float32Array;
  loss: number;
  gradient: Float32Array;
}

export interface WalkSetting {
  objective: Pick<Objective, 'value' | 'gradient' | 'products'>;
  start: StartOfWalk;
  projection: PlaneProjection | null;
  signal?: AbortSignal;
}

/** The run of one optimizer: it asks the objective, counts what that costs, and keeps the loss of every point. */
export class Walk {
  spent = 0;
  products = 0;
  readonly losses: number[] = [];
  readonly spentAt: number[] = [];
  readonly cosines: number[] = [];
  readonly path: Projected[] = [];
  /** The lowest loss so far and its displacement from θ. */
  best: { displacement: Float32Array; loss: number };
  private previous: Float32Array | null = null;
  private isFirst = true;

  constructor(private readonly setting: WalkSetting) {
    const { displacement, loss } = setting.start;
    this.best = { displacement, loss };
    this.keep(displacement, loss);
  }

  /** The loss of the last point. */
  get loss(): number {
    return this.losses[this.losses.length - 1];
  }

  get start(): StartOfWalk {
    return this.setting.start;
  }

  /** ∇L at the point that the run has reached. All runs share the first one, so it is counted and not computed again. */
  async gradient(displacement: Float32Array): Promise<Float32Array> {
    this.spent += 1;
    const gradient = this.isFirst ? this.start.gradient : await this.setting.objective.gradient(this.at(displacement));
    this.isFirst = false;
    if (this.previous) this.cosines.push(cosine(this.previous, gradient));
    this.previous = gradient;
    return gradient;
  }

  /** ∇L at a point beside the run. */
  async gradientBeside(displacement: Float32Array): Promise<Float32Array> {
    this.spent += 1;
    return this.setting.objective.gradient(this.at(displacement));
  }

  async product(kind: ProductKind, vector: Float32Array, displacement: Float32Array): Promise<Float32Array> {
    this.spent += PRICE.product;
    this.products += 1;
    const [product] = await this.setting.objective.products(kind, [vector], this.at(displacement));
    return product;
  }

  /** The loss at a point that the run may not go to. */
  async tryLoss(displacement: Float32Array): Promise<number> {
    this.spent += PRICE.loss;
    return (await this.setting.objective.value(this.at(displacement))).loss;
  }

  /** Moves to a point whose loss was tried. Its loss then comes with the gradient that is taken there next. */
  accept(displacement: Float32Array, loss: number): void {
    this.spent -= PRICE.loss;
    this.keep(displacement, loss);
  }

  /** Moves to a point. */
  async moveTo(displacement: Float32Array): Promise<void> {
    const { loss } = await this.setting.objective.value(this.at(displacement));
    this.keep(displacement, loss);
  }

  private keep(displacement: Float32Array, loss: number): void {
    this.losses.push(loss);
    this.spentAt.push(this.spent);
    if (this.setting.projection) this.path.push(this.setting.projection(displacement));
    if (loss < this.best.loss) this.best = { displacement: Float32Array.from(displacement), loss };
  }

  private at(displacement: Float32Array) {
    // A journal may read the vector after the run has moved on, so the question gets its own copy.
    return { signal: this.setting.signal, at: displaced(Float32Array.from(displacement)) };
  }
}

function cosine(a: Float32Array, b: Float32Array): number {
  const lengths = norm(a) * norm(b);
  return lengths > 0 ? dot(a, b) / lengths : 0;
}
