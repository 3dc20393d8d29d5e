import type { NumericsMeasurement } from '../report/report';

type Trouble = NumericsMeasurement[number];

const DIVISOR =
  'Guard the divisor in the model (add a small number, Max with one, or Where), or leave out samples that make it 0.';
const ROOT =
  'Add a small number inside the root: the root of a negative number is NaN, and its slope at 0 is infinite.';
const LOGARITHM =
  'Take LogSoftmax (log_softmax) or LogSigmoid instead of the logarithm of a probability, or Clip before the logarithm.';
const SUM = 'Scale what goes in, or take an earlier checkpoint: numbers this large mean that training has diverged.';
const SOFTMAX = 'A row of −∞ alone has no softmax: let each row see something, or leave the sample out.';

const ADVICE: Readonly<Record<string, string>> = {
  Exp: 'Subtract the maximum before the exponential (Softmax and LogSoftmax do), or Clip what goes into it.',
  Div: DIVISOR,
  Reciprocal: DIVISOR,
  Sqrt: ROOT,
  Pow: 'Keep the base positive and the power small: add a small number to the base, or Clip it.',
  Log: LOGARITHM,
  Softmax: SOFTMAX,
  LogSoftmax: SOFTMAX,
  MatMul: SUM,
  Gemm: SUM,
  Conv: SUM,
  ReduceSum: SUM,
  input: 'Mend the data, or leave these samples out.',
};

/** What to do about a node in trouble. */
export function adviceAgainst({ operator, node, problem }: Trouble): string {
  if (problem === 'underflow')
    return 'Compute with logarithms (LogSoftmax, log-sum-exp) instead of numbers that round to 0: a guard before the logarithm leaves such samples without a gradient.';
  if (Object.hasOwn(ADVICE, operator)) return ADVICE[operator];
  return `Keep the operands of ${operator} "${node}" in its domain, or leave the sample out.`;
}
