import type { GraphBuilder } from '../builder';
import type { Node, Value } from '../graph';
import type { Op } from '../ops';
import { again, replay } from '../replay';
import { conv, convInput, convWeight } from './convolution';
import { scatterAdd } from './scatterAdd';

/**
 * Another form of an operator, or null to leave it.
 * @param moving whether a value differs from run to run, while the others are computed once and kept
 */
export type Expansion<O extends Op> = (
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node<O>,
  moving: (value: Value) => boolean,
) => Value | null;

/** Core operators that ONNX has no counterpart for, or only a slow one. */
const expansions: { [O in Op]?: Expansion<O> } = {
  Conv: conv,
  ConvInput: convInput,
  ConvWeight: convWeight,
  ScatterAdd: scatterAdd,
};

/**
 * The outputs with every operator in a form that can be written as ONNX and runs well.
 * @param stop values that are given, not computed: nothing before them is touched
 * @param tangents inputs that change from run to run at fixed parameters and data; without any, everything does
 */
export function legalize(
  g: GraphBuilder,
  outputs: readonly Value[],
  stop: ReadonlySet<Value>,
  tangents: readonly Value[] = [],
): Value[] {
  const moving = new Set<Value>(tangents);
  const isMoving = (value: Value) => tangents.length === 0 || moving.has(value);
  return replay(g, outputs, new Map([...stop].map((value) => [value, value])), (node, inputs) => {
    const expand = expansions[node.op] as Expansion<Op> | undefined;
    const expanded = expand?.(g, inputs, node, isMoving);
    const results = expanded ? [expanded] : again(g, node, inputs);
    if (inputs.some((input) => moving.has(input))) results.forEach((result) => moving.add(result));
    return results;
  });
}
