import type { Finding } from '../../report/report';
import { formatNumber, formatPercent } from '../../text/numbers';
import type { Measurements } from '../measurements';
import { stableRate } from '../stableRate';

type Told = (finding: Finding, read: Partial<Measurements>) => string;

/**
 * What to do about the verdicts that need action, the root causes first: what a network cannot learn with comes before
 * how it is trained.
 */
const CAUSES: readonly [id: string, told: Told][] = [
  ['numerical-trouble', ({ advice }) => advice[0] ?? 'See which values of the graph come close to overflow.'],
  ['symmetry', (_, read) => duplicated(read)],
  ['rescaling', unbalanced],
  ['initialization', (finding) => `Draw the initial weights anew by He’s or Glorot’s rule: ${scaleOf(finding)}.`],
  ['dead-units', deadUnits],
  [
    'exploding-over-time',
    (_, { time = [] }) =>
      `Clip the norm of the gradient: it grows ${formatNumber(Math.max(...time.map(({ factor }) => factor)), 2)}-fold back in time.`,
  ],
  ['saturation', (finding) => `${share(finding)} of the elements of a layer are saturated: ${firstOf(finding)}`],
  [
    'vanishing-gradient',
    (finding) =>
      `The gradient falls to ${figure(finding)} of its size on the way to the first layer: use normalisation layers, residual connections, or an initialisation that fits the activations.`,
  ],
  [
    'exploding-gradient',
    (finding) =>
      `The gradient grows ${figure(finding)}-fold on the way to the first layer: clip it, and start from He’s or Glorot’s initialisation.`,
  ],
  ['vanishing-over-time', (_, read) => forgotten(read)],
  ['cliff', (_, { cliff, extremes }) => clipping(cliff?.clipping, stableRate(extremes))],
  [
    'ill-conditioning',
    (finding, { extremes }) =>
      `The condition number is ${figure(finding)}: ${firstOf(finding).replace(/ \([^)]*\)/, '')}${
        extremes && !finding.advice[0].includes('learning rate')
          ? ` Keep SGD below a learning rate of ${formatNumber(2 / extremes.max.value, 2)}.`
          : ''
      }`,
  ],
  ['surrogate', (finding, { surrogate }) => suspects(finding, surrogate)],
  ['edge-of-stability-path', ({ advice }) => advice[0]],
  ['local-global', ({ advice }) => advice[0]],
  ['overfitting', ({ advice }) => advice[0]],
];

/** The gravest cause that is not told already, and what to do about it; null if there is none. */
export function causeOf(
  acute: readonly Finding[],
  read: Partial<Measurements>,
  told: readonly string[],
): { id: string; next: string } | null {
  // Where most units of a layer are dead, the signal ends there whatever the scale of the weights.
  const dead = acute.find(({ id, severity }) => id === 'dead-units' && severity === 'high');
  const drawn = acute.find(({ id, severity }) => id === 'initialization' && severity === 'high');
  if (dead && !drawn && !acute.some(({ id }) => id === 'symmetry' || id === 'numerical-trouble'))
    return { id: dead.id, next: deadUnits(dead) };
  for (const [id, next] of CAUSES) {
    const finding = acute.find((each) => each.id === id);
    if (finding && !told.includes(id)) return { id, next: next(finding, read) };
  }
  return null;
}

const share = ({ evidence }: Finding): string => formatPercent(evidence[0]?.value ?? NaN);

const figure = ({ evidence }: Finding): string => formatNumber(evidence[0]?.value ?? NaN, 2);

/** The first clause of the first advice, to stand after a colon. */
function firstOf({ advice }: Finding): string {
  const [sentence] = (advice[0] ?? '').split(/(?<=\.) |: /);
  return `${lowered(sentence.replace(/\.$/, ''))}.`;
}

/** Begins with a small letter, unless the first word is an abbreviation such as ReLU. */
function lowered(text: string): string {
  return /^[A-Z][a-z]* /.test(text) ? text[0].toLowerCase() + text.slice(1) : text;
}

function deadUnits(finding: Finding): string {
  return `${share(finding)} of the units of a layer are dead: start them anew with small weights and biases of zero, and lower the learning rate.`;
}

/** The scale that is beyond its threshold. */
function scaleOf({ evidence }: Finding): string {
  const beyond = evidence.find(
    ({ value, threshold }) => threshold !== undefined && (threshold > 1 ? value >= threshold : value <= threshold),
  );
  if (!beyond) return 'their scale does not fit the activations';
  const [, parameter] = /^scale of (.*) \/ \w+$/.exec(beyond.name) ?? [];
  return parameter === undefined
    ? `over the layers the mean square of the signal changes by a factor of ${formatNumber(beyond.value, 2)}`
    : `${parameter} has ${formatNumber(beyond.value, 2)} times that scale`;
}

function unbalanced({ evidence }: Finding): string {
  const { value = NaN } = evidence.find(({ threshold }) => threshold !== undefined) ?? {};
  const factor = formatNumber(Math.max(value, 1 / value), 2);
  return `Balance the layers, or train with Adam: one is ${factor} times as long as the next beyond what their widths explain.`;
}

function forgotten({ time = [] }: Partial<Measurements>): string {
  const worst = time.reduce((a, b) => (b.factor < a.factor ? b : a));
  // Only recurrences without gates have a spectral radius.
  const cells = worst.spectralRadius === undefined ? 'open the forget gates at the start' : 'use gated cells';
  return `The first time step gets ${formatNumber(worst.factor, 2)} of the gradient of the last: ${cells}, or add attention or a loss at every step.`;
}

function duplicated({ symmetry }: Partial<Measurements>): string {
  const worst = (symmetry?.layers ?? []).reduce((a, b) => (b.duplicated > a.duplicated ? b : a));
  return `Draw the weights of «${worst.layer}» anew at random: ${worst.duplicated} of its ${worst.units} units are copies of one another and stay so.`;
}

/** @param stable the largest rate that the curvature here allows */
function clipping(clip: Measurements['cliff']['clipping'], stable: number): string {
  if (!clip) return 'A cliff stands near: clip the norm of the gradient.';
  return `A cliff stands near: clip the gradient to norm ${formatNumber(clip.norm, 2)}, and keep the learning rate below ${formatNumber(Math.min(clip.rate, stable), 2)}.`;
}

function suspects(finding: Finding, surrogate: Partial<Measurements>['surrogate']): string {
  const named = surrogate?.worstSamples.slice(0, 3).map(({ index }) => String(index)) ?? [];
  const list = named.length > 0 ? `, first of samples ${named.join(', ')} (counted from 0)` : '';
  return `A few samples carry ${share(finding)} of the loss: check their targets${list}.`;
}
