import { formatNumber } from '../text/numbers';
import { depthCourse } from './depthCourse';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { boundsOf } from './rates';

type Read = Pick<Measurements, 'depth'> & Partial<Pick<Measurements, 'units'>>;

/**
 * Judges whether the gradient grows from layer to layer towards the input, over several layers and beyond the error of
 * the fit.
 * @see Glorot & Bengio 2010; Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063
 */
export const explodingGradient = defineDiagnostic({
  id: 'exploding-gradient',
  title: 'Exploding gradient',
  needs: ['depth'],
  uses: ['units'],
  shownIn: 'inside',
  source: 'Pascanu, Mikolov & Bengio 2013, arXiv:1211.5063',
  criterion: ({ explodingRate, explodingFactor, explodedFactor, standardErrors }) =>
    `‖∂L/∂h‖·‖h‖ is fitted over depth. Present if it grows towards the input by more than ${formatNumber(explodingRate, 3)} per layer beyond ${formatNumber(standardErrors)} standard errors and by ${formatNumber(explodingFactor)} in all, or geometrically by ${formatNumber(explodedFactor)} in all.`,
  diagnose(read: Read, limits) {
    const { course, factor, evidence, sentence, leftOut } = depthCourse(read.depth, limits, {
      factor: limits.explodingFactor,
      rate: limits.explodingRate,
    });
    if (course === 'none') {
      if (read.depth.layers.length === 0) {
        return absent('Nothing lies between the input and the output layer, so no gradient can grow on the way.');
      }
      return inconclusive(`${sentence}${leftOut}`);
    }
    const relative = read.depth.fit?.relative;
    const grows = course === 'geometric' && relative !== undefined && relative.value > 1;
    const fast = grows && boundsOf(relative, limits).low > limits.explodingRate;
    if (grows && (factor >= limits.explodedFactor || (fast && factor >= limits.explodingFactor))) {
      return present(
        factor >= limits.explodedFactor ? 'high' : 'medium',
        `The gradient grows towards the input: ${sentence}.${leftOut}`,
        { evidence, advice: adviceFor(read, limits) },
      );
    }
    if (factor >= limits.explodedFactor || (grows && factor >= limits.explodingFactor)) {
      const how = grows ? 'grows slowly towards the input' : 'is far larger at the input, but does not grow steadily';
      return inconclusive(`The gradient ${how}: ${sentence}.${leftOut}`, { evidence });
    }
    return absent(`The gradient does not grow through the layers: ${sentence}.${leftOut}`, { evidence });
  },
});

function adviceFor({ units }: Read, limits: Limits): string[] {
  const saturated = units?.activations.some(
    (each) => each.kind === 'bounded' && (each.saturated ?? 0) >= limits.flatShare,
  );
  const scale = saturated
    ? 'The weights are too large for the activations, which are saturated as well: start from Glorot initialisation.'
    : 'Start from an initialisation that keeps the size of the gradient: He for ReLU, Glorot for tanh.';
  return [
    scale,
    'Clip the norm of the gradient, so that rare large ones do not undo the training.',
    'Add normalisation layers, which take the scale of the weights out of the signal.',
  ];
}
