import type { Node, Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';
import { broadcastAxes } from '../../graph/shapes';
import type { Tensor } from '../../graph/tensor';
import { isFloat } from '../../graph/tensor';

/** Describes in words where a number first is NaN or ∞. */
export interface NonFiniteFigure {
  /** 'The loss of sample 3 is NaN: Div "/pool/Div" divides 0 by 0.' */
  what: string;
  where: string[];
  action: string;
}

interface Told {
  figure: 'loss' | 'gradient';
  /** 'sample 3', or where samples affect each other 'samples 0 to 7' */
  samples: string;
  /** The operator that first produces such a number; null where an input holds it. */
  node: Node | null;
  result: Value;
  tensorOf: (value: Value) => Tensor | null;
  /** Nodes of the loss itself; all other nodes belong to derivatives. */
  ofModel: readonly Node[];
}

/** Writes the sentence that tells the user what happened and what to do about it. */
export function explain({ figure, samples, node, result, tensorOf, ofModel }: Told): NonFiniteFigure {
  const bad = firstBad(tensorOf(result)!);
  const outcome = spelled(bad?.value ?? NaN);
  const subject = `The ${figure} of ${samples} is not finite`;
  if (!node) {
    return {
      what: `${subject}: «${result.name ?? 'an input'}» holds ${outcome}.`,
      where: [samples],
      action: 'Mend or leave out this sample, or the weights where they hold it.',
    };
  }
  const name = node.origin === '' ? node.op : `${node.op} of node "${node.origin}"`;
  const derived = !ofModel.includes(node);
  const operands = operandsAt(node, bad?.at ?? 0, tensorOf);
  const deed = SUMS.has(node.op)
    ? 'overflows: the sum is beyond what float32 holds, 3.4 × 10³⁸'
    : (verbs[node.op]?.(operands) ?? `makes ${outcome} of ${operands.join(' and ') || 'its operands'}`);
  return {
    what: `${subject}: ${derived ? `in the derivative of "${node.origin}", ${node.op}` : name} ${deed}.`,
    where: [`${node.op} "${node.origin}"`, samples],
    action: derived
      ? 'The loss has no finite slope there. Keep the operand away from this point, or leave the sample out.'
      : (advice[node.op] ??
        'Keep the operand of this operator in its domain for this sample, or leave the sample out.'),
  };
}

const verbs: { [O in Op]?: (operands: readonly string[]) => string } = {
  Div: ([a, b]) => `divides ${a} by ${b}`,
  Reciprocal: ([a]) => `divides 1 by ${a}`,
  Log: ([a]) => `takes the logarithm of ${a}`,
  Sqrt: ([a]) => `takes the root of ${a}`,
  Exp: ([a]) => `overflows at ${a}`,
  Pow: ([a, b]) => `raises ${a} to the power of ${b}`,
  Mul: ([a, b]) => `multiplies ${a} by ${b}`,
  Add: ([a, b]) => `adds ${a} and ${b}`,
  Sub: ([a, b]) => `subtracts ${b} from ${a}`,
};

/** Operators that sum products and have too many operands to name. */
const SUMS: ReadonlySet<Op> = new Set<Op>(['MatMul', 'Conv', 'ConvInput', 'ConvWeight', 'ReduceSum']);

const advice: { [O in Op]?: string } = {
  Div: 'Guard the divisor in the model (Max with a small number, or Where), or leave the sample out.',
  Reciprocal: 'Guard the divisor in the model (Max with a small number, or Where), or leave the sample out.',
  Log: 'Guard the logarithm in the model (Clip before it), or leave the sample out.',
  Sqrt: 'Guard the root in the model (Max before it), or leave the sample out.',
  MatMul: 'Scale what goes in, or take an earlier checkpoint: weights this large mean that training has diverged.',
  Conv: 'Scale what goes in, or take an earlier checkpoint: weights this large mean that training has diverged.',
  Exp: 'Subtract the maximum before the exponential, or scale what goes into it.',
  Softmax: 'A row of −∞ alone has no softmax: let each row see something, or leave the sample out.',
  LogSoftmax: 'A row of −∞ alone has no softmax: let each row see something, or leave the sample out.',
};

/** The operands of one element of an elementwise result, as numbers; empty for other operators. */
function operandsAt(node: Node, at: number, tensorOf: (value: Value) => Tensor | null): string[] {
  const { shape } = node.outputs[0];
  const operands = node.inputs.filter(({ dtype }) => isFloat(dtype));
  if (!(node.op in verbs) && operands.length !== 1) return [];
  if (!(node.op in verbs) && String(operands[0].shape) !== String(shape)) return [];
  return operands.map((operand) => {
    const tensor = tensorOf(operand);
    return tensor ? spelled(Number(tensor.data[placeIn(operand.shape, shape, at)])) : 'an operand';
  });
}

/** The position in an operand that was broadcast to a shape. */
function placeIn(from: readonly number[], to: readonly number[], at: number): number {
  const repeated = new Set(broadcastAxes(from, to));
  const offset = to.length - from.length;
  let [rest, place, stride] = [at, 0, 1];
  for (let axis = to.length - 1; axis >= 0; axis--) {
    const index = rest % to[axis];
    rest = Math.floor(rest / to[axis]);
    if (axis < offset) continue;
    if (!repeated.has(axis)) place += index * stride;
    stride *= from[axis - offset];
  }
  return place;
}

const spelled = (value: number) =>
  Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? String(Number(value.toPrecision(6))) : value > 0 ? '∞' : '−∞';

/** Finds the first number that is not finite, and prefers NaN to ∞. */
export function firstBad({ data }: Tensor): { at: number; value: number } | null {
  let infinite = -1;
  for (let at = 0; at < data.length; at++) {
    const value = Number(data[at]);
    if (Number.isNaN(value)) return { at, value };
    if (infinite < 0 && !Number.isFinite(value)) infinite = at;
  }
  return infinite < 0 ? null : { at: infinite, value: Number(data[infinite]) };
}
