import type { SourceNode } from '../graph/source';
import { FLOAT_RANGES } from './floatElements';
import type { SeenValues } from './seenGraph';
import { sizeOfSeen } from './seenGraph';

/** How far a node is from the end of its floating type. */
export interface Headroom {
  node: SourceNode;
  /** How many times larger its result could be before it overflows; for Log and Sqrt how many times smaller the operand. */
  factor: number;
  /** The largest operand, or for Log, Sqrt and a divisor the smallest. */
  operand: number;
  /** The operand at which the result overflows, or for Log and Sqrt the smallest number of full precision. */
  limit: number | null;
}

/** At most so many nodes of each kind are told: those with the least headroom. */
const MOST_OF_A_KIND = 3;

/**
 * Headroom of the operators that leave the range of their type most easily:
 *   Exp               largest/eˣ = e^(limit − x), with limit = log(largest), 88.72 in float32
 *   Pow, Div, Reciprocal   largest/|result|
 *   Log, Sqrt         x/(smallest normal number), for the smallest operand x; 0 at x = 0
 * The Softmax of ONNX subtracts the maximum itself and needs no headroom; a softmax that is written out shows as Exp.
 */
export function headroomOf(values: SeenValues): Headroom[] {
  const found = new Map<string, Headroom[]>();
  for (const node of values.graph.nodes) {
    const headroom = ofNode(values, node);
    if (headroom) found.set(node.op, [...(found.get(node.op) ?? []), headroom]);
  }
  return [...found.values()]
    .flatMap((ofKind) => ofKind.sort((a, b) => a.factor - b.factor).slice(0, MOST_OF_A_KIND))
    .sort((a, b) => a.factor - b.factor);
}

function ofNode(values: SeenValues, node: SourceNode): Headroom | null {
  const { op, inputs, outputs } = node;
  const element = values.graph.elements.get(outputs[0]);
  const [result, first, second] = [outputs[0], inputs[0], inputs[1]].map((name) => (name ? values.of(name) : null));
  if (!element || !result || !first || first.nan || result.nan) return null;
  const { largest, smallestNormal } = FLOAT_RANGES[element];
  const size = sizeOfSeen(result);
  const factor = size === 0 ? Infinity : largest / size;
  switch (op) {
    case 'Exp': {
      const limit = Math.log(largest);
      // −∞ and huge negative operands come from masks; their exponential is 0.
      return { node, factor: Math.exp(limit - first.high), operand: first.high, limit };
    }
    case 'Log':
    case 'Sqrt':
      return first.low < 0
        ? null
        : { node, factor: first.low / smallestNormal, operand: first.low, limit: smallestNormal };
    case 'Pow':
      return { node, factor, operand: first.high, limit: null };
    case 'Div':
      // A divisor that the file holds, such as the root of a width, tells nothing.
      return second?.least === undefined || values.isWritten(inputs[1])
        ? null
        : { node, factor, operand: second.least, limit: null };
    case 'Reciprocal':
      return first.least === undefined ? null : { node, factor, operand: first.least, limit: 1 / largest };
    default:
      return null;
  }
}
