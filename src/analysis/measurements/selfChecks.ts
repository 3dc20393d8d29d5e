import type { Report } from '../../report/report';
import { kinksOf } from '../checks/kinks';
import { selfChecks as checked } from '../checks/selfChecks';
import { gradient, gradientIsWanted } from './gradient';
import { defineMeasurement, LOSSES } from './measurement';

/** Evaluations of the loss for finite differences along three directions. */
const DIFFERENCES = 3 * 27;
const PRODUCTS = 3;

/** Checks the derivatives against finite differences of the loss and against forward mode. */
export const selfChecks = defineMeasurement({
  id: 'selfChecks',
  title: 'Self-checks',
  part: 'spectrum',
  timedAs: 'checks',
  applies: (options) => options.effort !== 'lean' && options.spectrumOf === 'everything' && gradientIsWanted(options),
  needs: () => [gradient],
  // The additional product covers the investigation of a check that would fail.
  cost: () => ({ losses: DIFFERENCES + (PRODUCTS + 1) * LOSSES.hvp, products: PRODUCTS, graphs: ['hvp', 'samples'] }),
  async measure({ objective, facts, options: { seed }, draft, signal, report, found }) {
    const vector = found(gradient);
    if (!vector) return;
    const known = {
      gradient: vector,
      loss: draft.report.objective!.loss,
      largest: largestCurvature(draft.report),
      kinks: kinksOf(facts.operators, facts.function),
    };
    draft.check(...(await checked(objective, known, { seed, signal, onProgress: report })));
  },
});

/** Returns the largest |λ| found, or 0 if no eigenvalue was measured. */
function largestCurvature({ spectrum }: Report): number {
  const { top = [], bottom = [] } = spectrum?.hessian ?? {};
  return [...top, ...bottom].reduce((most, { value }) => Math.max(most, Math.abs(value)), 0);
}
