import { pairedChange } from '../../dynamics/pairedChange';
import { norm, scaled } from '../../numerics/vectors';
import type { Objective } from '../../objective/objective';
import { withWeightDecay } from '../../objective/layers/weightDecay';
import type { ResolvedOptions } from '../../options/presets';
import type { TestDataMeasurement } from '../../report/sections/dynamics/testData';
import { overSamples } from '../checks/checks';
import { descent } from './descent';
import { gradient } from './gradient';
import { loss } from './loss';
import { defineMeasurement, LOSSES } from './measurement';

/** Slopes of the samples, forward over forward, and the losses of the samples at two points. */
const SLOPES = 4;
const PAIRS = 3;

const wantsGradient = ({ only }: ResolvedOptions) => only.includes('gradient') || only.includes('dynamics');

/** Measures loss and gradient on data that the model was not trained on. */
export const testData = defineMeasurement({
  id: 'testData',
  title: 'Test data',
  part: 'always',
  timedAs: 'testData',
  withoutDerivatives: true,
  applies: (options) => options.testData !== null,
  needs: (options) => [loss, ...(wantsGradient(options) ? [gradient] : [])],
  cost: (options) => ({
    losses: 1 + (wantsGradient(options) ? LOSSES.gradient + SLOPES + PAIRS : 0),
    graphs: wantsGradient(options) ? ['loss', 'gradient', 'samples'] : ['loss'],
  }),
  async measure({ facts: { test, testSource }, options, draft, signal, found }) {
    if (!test) return;
    const { value } = withWeightDecay(test, options.weightDecay);
    const { loss, accuracy, rSquared, standardError } = await value({ signal });
    const measured = {
      ...(testSource === undefined ? {} : { source: testSource }),
      samples: test.samples,
      loss,
      standardError,
      ...(Number.isNaN(accuracy) ? {} : { accuracy }),
    };
    const summary = draft.report.objective;
    if (summary) {
      draft.add({ objective: { ...summary, test: { ...measured, ...(rSquared === undefined ? {} : { rSquared }) } } });
    }
    draft.addDynamics({ test: measured });
    const vector = found(gradient);
    const length = vector ? norm(vector) : 0;
    if (!vector || length === 0) return;
    const unit = scaled(1 / length, vector);
    const step = found(descent) === null ? 0 : (draft.report.dynamics?.descent?.step ?? 0);
    draft.addDynamics({ test: { ...measured, ...(await alongTraining(test, { unit, step, signal })) } });
  },
});

/**
 * Compares the test loss with the direction in which training goes on.
 * @param unit the unit vector along the gradient of the training loss
 * @param step length of the best step of the training loss along −g; 0 if there is none
 */
async function alongTraining(
  test: Objective,
  { unit, step, signal }: { unit: Float32Array; step: number; signal?: AbortSignal },
): Promise<Pick<TestDataMeasurement, 'gradientNorm' | 'cosine' | 'change'>> {
  const gradientNorm = norm(await test.gradient({ signal }));
  const [{ slopes }] = await test.curvatures('gaussNewton', [unit], { signal });
  const slope = overSamples(slopes);
  const cosine = { value: slope.value / gradientNorm, error: (slope.standardError ?? NaN) / gradientNorm };
  const here = step > 0 ? await test.perSample({ signal }) : null;
  const there = here && (await test.perSample({ signal, at: { d1: unit, d2: null, alpha: -step, beta: 0 } }));
  return {
    gradientNorm,
    ...(gradientNorm > 0 ? { cosine } : {}),
    ...(here && there ? { change: { step, ...pairedChange(here, there) } } : {}),
  };
}
