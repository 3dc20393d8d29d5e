import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { depthCourse } from './depthCourse';
import type { Judgment } from './diagnostic';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';
import { boundsOf } from './rates';
import { weightCourse } from './weightCourse';

type Read = Pick<Measurements, 'layers'> & Partial<Pick<Measurements, 'depth' | 'units'>>;

/**
 * Judges whether the gradient vanishes towards the input: it falls by a factor per layer, over several layers, to a
 * thousandth or less in total. Reports of earlier versions have no gradient by depth; theirs is judged by ‖gₗ‖·‖Wₗ‖.
 * @see Glorot & Bengio 2010, Understanding the difficulty of training deep feedforward neural networks
 */
export const vanishingGradient = defineDiagnostic({
  id: 'vanishing-gradient',
  title: 'Vanishing gradient',
  needs: ['layers'],
  uses: ['depth', 'units'],
  shownIn: 'inside',
  source: 'Glorot & Bengio 2010',
  criterion: ({ vanishedFactor, severalLayers }) =>
    `‖∂L/∂h‖·‖h‖ over depth, which keeps its value where layers are scaled against each other. Present if it falls towards the input by a factor per layer, over at least ${formatNumber(severalLayers)} depths, to ${formatNumber(vanishedFactor)} or less in all. Tensors whose gradient is zero by structure are left out.`,
  diagnose(read: Read, limits) {
    return read.depth ? byDepth(read, read.depth, limits) : byWeights(read, limits);
  },
});

function byDepth(read: Read, depth: Measurements['depth'], limits: Limits): Judgment {
  const { course, factor, evidence, sentence, leftOut } = depthCourse(depth, limits, {
    factor: limits.vanishedFactor,
    rate: 1,
  });
  const details = { evidence };
  if (course === 'none') {
    if (depth.layers.length === 0) {
      return absent('Nothing lies between the input and the output layer, so no gradient can vanish on the way.');
    }
    return inconclusive(`${sentence}${leftOut}`, { evidence, advice: blockedAdvice(depth) });
  }
  if (!(factor <= limits.vanishedFactor)) {
    const scaled = scalesOnly(depth, limits);
    return absent(`The gradient reaches every layer: ${sentence}.${scaled}${leftOut}`, details);
  }
  const relative = depth.fit?.relative;
  if (course === 'geometric' && relative && relative.value < 1) {
    return present(
      factor <= limits.lostFactor ? 'high' : 'medium',
      `The gradient vanishes towards the input: ${sentence}.${leftOut}`,
      { evidence, advice: adviceFor(read, factor, limits) },
    );
  }
  return inconclusive(
    `The first layer gets little gradient, but not by a steady decay over several layers: ${sentence}.${leftOut}`,
    {
      evidence,
      advice: ['Look where it falls in the chart of the gradient by depth: a single layer lets little through.'],
    },
  );
}

/** Tells that ‖∂L/∂h‖ falls only because the activations grow the other way. */
function scalesOnly({ fit }: Measurements['depth'], limits: Limits): string {
  if (!fit) return '';
  const total = fit.gain.value ** (fit.layers - 1);
  if (total > limits.vanishedFactor && total < 1 / limits.vanishedFactor) return '';
  const [change, other] = total < 1 ? ['falls', 'grow'] : ['grows', 'shrink'];
  return ` ‖∂L/∂h‖ alone ${change} by ${formatCompact(fit.gain.value, fit.gain.error)} per layer towards the input, because the activations ${other} that way: the weights of every layer still get their share of the gradient.`;
}

function blockedAdvice({ zero }: Measurements['depth']): string[] {
  return zero.length > 0 ? ['Look for dead units, weights of zero, or a branch that the loss does not read.'] : [];
}

/** Advice that fits the activations of the network. */
function adviceFor({ units }: Read, factor: number, limits: Limits): string[] {
  const activations = units?.activations ?? [];
  const bounded = activations.filter(({ kind }) => kind === 'bounded');
  const others = activations.filter(({ kind }) => kind === 'rectifier' || kind === 'gated');
  const advice: string[] = [];
  if (bounded.length > others.length) {
    const mean = bounded.reduce((sum, { saturated = 0 }) => sum + saturated, 0) / bounded.length;
    const sigmoid = bounded.some(({ operator }) => operator === 'sigmoid');
    if (mean >= limits.flatShare) {
      advice.push(
        `${formatPercent(mean)} of the ${bounded[0].operator} units are saturated: start from smaller weights (Glorot initialisation), or normalise what goes into them.`,
      );
    } else if (sigmoid) {
      advice.push('A sigmoid passes on at most a quarter of the gradient: use tanh, ReLU or GELU between layers.');
    } else
      advice.push('Start from larger weights (Glorot initialisation), at which tanh keeps the size of the gradient.');
  } else if (others.some(({ dead = 0 }) => dead > 0)) {
    advice.push(
      'Some units pass nothing on (see dead units): a smaller learning rate, LeakyReLU or GELU keeps them alive.',
    );
  } else {
    advice.push('Start from He initialisation, at which the layers keep the size of the signal.');
  }
  return [
    ...advice,
    'Add normalisation layers and residual connections, which let the gradient through unchanged.',
    `A larger learning rate does not help: the layers differ by a factor of ${formatNumber(1 / factor, 3)}.`,
  ];
}

function byWeights({ layers }: Read, limits: Limits): Judgment {
  const matrices = layers.filter(({ shape }) => shape.length > 1);
  if (matrices.length === 1) return absent(`The gradient reaches the only layer («${matrices[0].name}»).`);
  const course = weightCourse(layers);
  if (!course) {
    return inconclusive(
      'The gradient by depth is not known: the part «dynamics» measures it where a network has layers of units.',
    );
  }
  const { factor, rate, count, first, last, zero } = course;
  const named = zero.length > 0 ? ` Left out, without a gradient: ${zero.map((name) => `«${name}»`).join(', ')}.` : '';
  const evidence = [
    { name: '‖gₗ‖·‖Wₗ‖, first layer / last', value: factor, error: 0, threshold: limits.vanishedFactor },
    ...(rate ? [{ name: 'factor per layer towards the input', ...rate, threshold: 1 }] : []),
  ];
  const where = `‖g‖·‖W‖ of the first layer («${first}») is ${formatNumber(factor, 3)} of that of the last one («${last}»)`;
  if (factor > limits.vanishedFactor) {
    return absent(`The gradient reaches every layer: ${where}.${named}`, { evidence });
  }
  if (rate && count >= limits.severalLayers && boundsOf(rate, limits).high < 1) {
    return present(
      factor <= limits.lostFactor ? 'high' : 'medium',
      `The gradient vanishes towards the input: ${where}, ${formatCompact(rate.value, rate.error)} per layer.${named}`,
      {
        evidence,
        advice: [
          'Measure the part "dynamics" to see at which layers and activations.',
          'Normalisation layers, residual connections and an initialisation that fits the activations let the gradient through.',
        ],
      },
    );
  }
  return inconclusive(`${where}, but it does not fall steadily from layer to layer.${named}`, { evidence });
}
