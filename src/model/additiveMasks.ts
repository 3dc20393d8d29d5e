import { byName } from '../graph/byName';
import type { SourceGraph, SourceNode } from '../graph/source';
import { indexOf } from '../graph/sourceIndex';

/** Operators for which −∞ means "not this one": its exponential is zero, and it is never the largest. */
const CHOOSING = new Set([
  'Softmax',
  'LogSoftmax',
  'Hardmax',
  'Exp',
  'ReduceLogSumExp',
  'ReduceMax',
  'Max',
  'ArgMax',
  'TopK',
]);
/** Operators that combine a mask with the values that it masks. */
const MEETING = new Set(['Add', 'Sub', 'Sum', 'Where']);
/** Operators that pass on −∞, in place or moved. */
const CARRYING = new Set(
  [
    [
      'Mul',
      'Div',
      'Min',
      'Clip',
      'Cast',
      'CastLike',
      'Identity',
      'Dropout',
      'Reshape',
      'Flatten',
      'Squeeze',
      'Unsqueeze',
    ],
    ['Transpose', 'Expand', 'Tile', 'Concat', 'Split', 'Slice', 'Gather', 'GatherND', 'GatherElements', 'Pad'],
  ].flat(),
);
/** Operators that ask whether a number is −∞. */
const ASKING = new Set(['IsInf', 'Equal']);
/** The input of the attention operators that holds an additive mask. */
const MASK_PLACES = byName<Readonly<Record<string, readonly number[]>>>({
  Attention: [3],
  'com.microsoft.Attention': [5],
  'com.microsoft.MultiHeadAttention': [5],
});

/**
 * Inputs that are added to the scores of a softmax, through moves and arithmetic only. −∞ is a usual value of such a mask,
 * but a mistake in any other data.
 */
export function additiveMasks(source: SourceGraph): ReadonlySet<string> {
  const { uses } = indexOf(source);
  // Chains may be longer than the call stack.
  const isMask = (input: string): boolean => {
    const open = [{ name: input, met: false }];
    const seen = new Set<string>();
    for (let at = open.pop(); at; at = open.pop()) {
      const state = `${at.met} ${at.name}`;
      if (seen.has(state)) continue;
      seen.add(state);
      for (const { node, input: place } of uses.get(at.name) ?? []) {
        if (takesMask(node, place, at.met)) return true;
        const meets = isStandard(node) && MEETING.has(node.op);
        if (!meets && !(isStandard(node) && CARRYING.has(node.op))) continue;
        for (const name of node.outputs) if (name !== '') open.push({ name, met: at.met || meets });
      }
    }
    return false;
  };
  return new Set(source.inputs.flatMap(({ name }) => (isMask(name) ? [name] : [])));
}

const isStandard = ({ domain }: SourceNode) => domain === '' || domain === 'ai.onnx';

/** @param met whether the mask was added to something on the way */
function takesMask(node: SourceNode, input: number, met: boolean): boolean {
  const key = isStandard(node) ? node.op : `${node.domain}.${node.op}`;
  if (MASK_PLACES[key]?.includes(input)) return true;
  return isStandard(node) && (ASKING.has(node.op) || (met && CHOOSING.has(node.op)));
}
