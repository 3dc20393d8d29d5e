import type { GraphBuilder } from '../builder';
import type { Node, Value } from '../graph';
import type { Op } from '../ops';
import { again, replay } from '../replay';
import { convWeight } from './convWeight';
import { scatterAdd } from './scatterAdd';

type Expansion<O extends Op> = (g: GraphBuilder, inputs: readonly Value[], node: Node<O>) => Value;

/** Core operators that ONNX has no counterpart for. */
const expansions: { [O in Op]?: Expansion<O> } = { ConvWeight: convWeight, ScatterAdd: scatterAdd };

/**
 * The outputs with every operator in a form that can be written as ONNX.
 * @param stop values that are given, not computed: nothing before them is touched
 */
export function legalize(g: GraphBuilder, outputs: readonly Value[], stop: ReadonlySet<Value>): Value[] {
  return replay(g, outputs, new Map([...stop].map((value) => [value, value])), (node, inputs) => {
    const expand = expansions[node.op] as Expansion<Op> | undefined;
    return expand ? [expand(g, inputs, node)] : again(g, node, inputs);
  });
}
