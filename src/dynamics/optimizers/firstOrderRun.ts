import { norm } from '../../numerics/vectors';
import type { FirstOrder, Stepper } from './firstOrder';
import type { WalkSetting } from './walk';
import { Walk } from './walk';

/** A run of a method with one step size. It can be continued. */
export class FirstOrderRun {
  readonly walk: Walk;
  private readonly displacement: Float32Array;
  private readonly step: Stepper;

  constructor(
    private readonly method: FirstOrder,
    readonly stepSize: number,
    setting: WalkSetting & { theta: Float32Array },
  ) {
    this.walk = new Walk(setting);
    const { displacement, gradient } = setting.start;
    this.displacement = Float32Array.from(displacement);
    this.step = method.begin({ stepSize, theta: setting.theta, gradientNorm: norm(gradient) });
  }

  /** Takes steps while they cost at most this many gradients in all, and the loss is finite. */
  async until(budget: number): Promise<void> {
    const { walk, displacement, method } = this;
    while (walk.spent + method.price <= budget && Number.isFinite(walk.loss)) {
      const gradient = await walk.gradient(displacement);
      await this.step(displacement, gradient, (point) => walk.gradientBeside(point));
      await walk.moveTo(displacement);
    }
  }

  /** The loss at the end of the run so far; ∞ if it is not finite. */
  get end(): number {
    return Number.isFinite(this.walk.loss) ? this.walk.loss : Infinity;
  }
}
