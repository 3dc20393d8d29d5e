import { featureScales } from '../../dynamics/featureScales';
import { defineMeasurement } from './measurement';

/** Measures the scales of the features that dense weights read as they are. */
export const features = defineMeasurement({
  id: 'features',
  title: 'Scales of the features',
  part: 'dynamics',
  timedAs: 'dynamics',
  withoutDerivatives: true,
  cost: () => ({ losses: 0 }),
  measure({ facts, draft, signal }) {
    signal?.throwIfAborted();
    const found = (facts.features?.() ?? []).flatMap(({ input, values, count }) => {
      const scales = featureScales(values, count);
      return scales ? [{ input, ...scales }] : [];
    });
    if (found.length > 0) draft.addDynamics({ features: found });
    return Promise.resolve();
  },
});
