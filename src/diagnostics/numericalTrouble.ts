import type { NumericsMeasurement } from '../report/report';
import { counted, formatCount } from '../text/counts';
import { formatNumber } from '../text/numbers';
import { absent, defineDiagnostic, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Measurements } from './measurements';
import { adviceAgainst } from './numericalAdvice';

type Trouble = NumericsMeasurement[number];
type Numerics = Measurements['numerics'];

/**
 * Judges whether the numbers of the model are in trouble: the loss, the gradient or a value of the user's own graph is
 * NaN or ∞, or a value comes within a factor 10 of overflow. Overflow in narrower types and underflow are told, but a
 * model that runs in float32 is not at fault for them.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, section 4.1
 */
export const numericalTrouble = defineDiagnostic({
  id: 'numerical-trouble',
  title: 'Numerical trouble',
  needs: ['numerics'],
  uses: ['loss'],
  shownIn: 'numerics',
  source: 'Goodfellow, Bengio & Courville 2016, Deep Learning, section 4.1',
  criterion: ({ leastHeadroom }) =>
    `Present if the loss, the gradient or a value of the file’s own graph is NaN or ∞, or if a result could not be ${leastHeadroom} times larger without overflow: for eˣ in float32 beyond x = 86.4. −∞ and huge numbers of masks do not count. Overflow in float16 and underflow to 0 are told and not judged.`,
  diagnose({ numerics, loss }, { leastHeadroom }) {
    const { troubles } = numerics;
    const tight = troubles.filter(({ factor = Infinity }) => factor < leastHeadroom);
    const broken = troubles.filter(isNonFinite);
    const reaches = broken.some((trouble) => trouble.reaches);
    const sentences = [
      ...figureSentences(numerics, reaches),
      ...brokenSentences(broken, reaches, loss !== undefined),
      ...(broken.length === 0 ? tight.map(tightSentence) : []),
      ...troubles.flatMap(asideSentence),
    ];
    const causes = [...broken, ...tight, ...troubles.filter(({ problem }) => problem === 'underflow')];
    const details = { evidence: evidenceOf(numerics, leastHeadroom), advice: adviceOf(numerics, causes) };
    if (numerics.loss || numerics.gradient || reaches) return present('high', sentences.join(' '), details);
    if (broken.length + tight.length > 0) return present('medium', sentences.join(' '), details);
    return absent([examinedSentence(numerics), ...sentences].join(' '), { evidence: details.evidence });
  },
});

const isNonFinite = ({ problem }: Trouble) => problem === 'NaN' || problem === 'infinity';

/**
 * What is not finite, loss or gradient, and why.
 * @param reaches whether a node of the graph explains the loss
 */
function figureSentences({ loss, gradient }: Numerics, reaches: boolean): string[] {
  const sentence = (name: string, figure: Numerics['loss'], isExplained: boolean) =>
    figure ? [(isExplained ? null : figure.cause?.what) ?? `The ${name} is ${formatNumber(figure.value)}.`] : [];
  return [...sentence('loss', loss, reaches), ...sentence('gradient', gradient, false)];
}

/** The first node that makes NaN or ∞, what fed it, and the first that makes NaN of it. */
function brokenSentences(broken: readonly Trouble[], reaches: boolean, lossIsFinite: boolean): string[] {
  if (broken.length === 0) return [];
  const [first] = broken;
  const nan = broken.find(({ problem }) => problem === 'NaN');
  const where = first.samples === undefined ? '' : ` for ${first.samples}`;
  return [
    `In the model's own graph, ${labelOf(first)} ${deedOf(first)}${where}, fed by ${first.from}.`,
    ...(nan && nan !== first ? [`NaN first comes from ${labelOf(nan)}, which ${deedOf(nan)}.`] : []),
    reaches
      ? lossIsFinite
        ? 'The outputs of the model are then not finite. Ridgeline computes the loss in a stable form, so its own figures are finite; those of training code may not be.'
        : 'The outputs of the model are then not finite.'
      : 'No output of the model shows it, but in training code a gradient may meet 0·∞ there.',
  ];
}

function tightSentence(trouble: Trouble): string {
  const { value, factor = NaN, from, samples } = trouble;
  const where = samples === undefined ? '' : ` for ${samples}`;
  return `${labelOf(trouble)} is within a factor ${formatNumber(factor, 2)} of the end of its type: ${formatNumber(value, 3)}${where}, fed by ${from}.`;
}

/** What is told beside the verdict. */
function asideSentence(trouble: Trouble): string[] {
  const { problem, value, from } = trouble;
  const label = labelOf(trouble);
  switch (problem) {
    case 'underflow':
      return [`${label} loses small numbers to 0, and a logarithm or a division reads them.`];
    case 'float16 overflow':
      return [
        `In float16, ${label} would overflow: ${formatNumber(value, 3)} against 65504, fed by ${from}. bfloat16 holds it.`,
      ];
    case 'bfloat16 overflow':
      return [`In bfloat16, ${label} would overflow: ${formatNumber(value, 5)}.`];
    default:
      return [];
  }
}

function examinedSentence({ examined }: Numerics): string {
  if (!examined) return 'No figure is NaN or ∞.';
  const { samples, of, values } = examined;
  const some = samples < of ? `the first ${formatCount(samples)} of ${counted(of, 'sample')}` : counted(of, 'sample');
  return `No NaN, no ∞ and enough headroom in the ${counted(values, 'value')} of the model's own graph, on ${some}.`;
}

/** At most so many entries of headroom are evidence. */
const MOST_HEADROOM = 4;

function evidenceOf({ troubles, examined }: Numerics, threshold: number): Judgment['evidence'] {
  const numbers = troubles.map((trouble) => ({
    name: `${labelOf(trouble)}: ${trouble.problem}`,
    value: trouble.value,
    error: 0,
  }));
  const factors = (examined?.nodes ?? [])
    .slice(0, MOST_HEADROOM)
    .flatMap(({ node, operator, factor, operand, limit }) => [
      { name: `${operator} "${node}": headroom (factor)`, value: factor, error: 0, threshold },
      {
        name: `${operator} "${node}": operand${limit === undefined ? '' : `, limit ${formatNumber(limit, 3)}`}`,
        value: operand,
        error: 0,
      },
    ]);
  const ran = examined ? [{ name: 'samples examined', value: examined.samples, error: 0 }] : [];
  return [...numbers, ...factors, ...ran];
}

function adviceOf({ loss, gradient }: Numerics, causes: readonly Trouble[]): string[] {
  const ofFigures = [loss, gradient].flatMap((figure) => (figure?.cause ? [figure.cause.action] : []));
  const ofNodes = causes.filter((trouble) => !isConsequence(trouble)).map(adviceAgainst);
  return [...new Set(ofNodes.length > 0 ? ofNodes : ofFigures)];
}

/** Whether a node only turns an ∞ that another made into NaN. */
const isConsequence = ({ problem, deed = '' }: Trouble) => problem === 'NaN' && deed.includes('∞');

const labelOf = ({ operator, node }: Trouble) => (operator === 'input' ? `input «${node}»` : `${operator} "${node}"`);

const deedOf = ({ deed, value }: Trouble) => deed ?? `makes ${formatNumber(value)}`;
