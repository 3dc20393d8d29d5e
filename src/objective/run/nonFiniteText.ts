import { deedOf, isDescribed, placeIn, spelled } from '../../graph/deeds';
import type { Node, Value } from '../../graph/graph';
import type { Op } from '../../graph/ops';
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
  const deed = deedOf(node.op, operandsAt(node, bad?.at ?? 0, tensorOf), outcome);
  return {
    what: `${subject}: ${derived ? `in the derivative of "${node.origin}", ${node.op}` : name} ${deed}.`,
    where: [`${node.op} "${node.origin}"`, samples],
    action: derived
      ? 'The loss has no finite slope there. Keep the operand away from this point, or leave the sample out.'
      : (advice[node.op] ??
        'Keep the operand of this operator in its domain for this sample, or leave the sample out.'),
  };
}

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
  if (!isDescribed(node.op) && operands.length !== 1) return [];
  if (!isDescribed(node.op) && String(operands[0].shape) !== String(shape)) return [];
  return operands.map((operand) => {
    const tensor = tensorOf(operand);
    return tensor ? spelled(Number(tensor.data[placeIn(operand.shape, shape, at)])) : 'an operand';
  });
}

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
