import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { constantOf, nodesOf } from '../graph/graph';
import type { Op } from '../graph/ops';
import { again, replay } from '../graph/replay';
import { chains } from './chains';
import { conv, convInput } from './convolution';
import { convWeight } from './convWeight';
import type { Expansion, Surroundings, Target } from './form';
import { reduceSum } from './reduceSum';
import { scatterAdd } from './scatterAdd';
import { softplus } from './softplus';
import { sumOfProducts } from './sumOfProducts';
import { transposedProduct } from './transposedProduct';

/** Core operators that have no counterpart in ONNX, or only a slow one. */
const expansions: { [O in Op]?: Expansion<O> } = {
  ...chains,
  Add: (...at) => sumOfProducts(...at) ?? chains.Add!(...at),
  Conv: conv,
  ConvInput: convInput,
  ConvWeight: convWeight,
  MatMul: transposedProduct,
  ReduceSum: reduceSum,
  ScatterAdd: scatterAdd,
  Softplus: (...at) => softplus(...at) ?? chains.Softplus!(...at),
};

export interface LegalizeOptions {
  /** Inputs that change from run to run at fixed parameters and data. Without any, every value changes. */
  tangents?: readonly Value[];
  /** Given values that never change. */
  constants?: ReadonlySet<Value>;
  target?: Target;
}

/**
 * The outputs with every operator in a form that can be written as ONNX and runs well.
 * @param stop values that are given and not computed; nothing before them changes
 */
export function legalize(
  g: GraphBuilder,
  outputs: readonly Value[],
  stop: ReadonlySet<Value>,
  { tangents = [], constants = new Set(), target = { blockChannels: null } }: LegalizeOptions = {},
): Value[] {
  const moving = new Set<Value>(tangents);
  const surroundings: Surroundings = {
    ...target,
    split: tangents.length > 0,
    moving: (value) => tangents.length === 0 || moving.has(value),
    constant: followingFrom(constants, stop),
    alone: readOnce(outputs, stop),
    owned: new Set(),
  };
  return replay(g, outputs, new Map([...stop].map((value) => [value, value])), (node, inputs) => {
    const expand = expansions[node.op] as Expansion<Op> | undefined;
    const expanded = expand?.(g, inputs, node, surroundings);
    const results = expanded ? [expanded] : again(g, node, inputs);
    if (inputs.some((input) => moving.has(input))) results.forEach((result) => moving.add(result));
    return results;
  });
}

/** Whether a value has a single reader; an output counts as one. */
function readOnce(outputs: readonly Value[], stop: ReadonlySet<Value>): (value: Value) => boolean {
  const readers = new Map<Value, number>();
  const values = [...outputs, ...nodesOf(outputs, stop).flatMap((node) => node.inputs)];
  for (const value of values) readers.set(value, (readers.get(value) ?? 0) + 1);
  return (value) => readers.get(value) === 1;
}

/** Whether a value depends on the given constants only. */
function followingFrom(constants: ReadonlySet<Value>, stop: ReadonlySet<Value>): (value: Value) => boolean {
  const known = new Map<Value, boolean>();
  const follows = (value: Value): boolean => {
    if (constants.has(value) || constantOf(value)) return true;
    if (stop.has(value) || !value.node || value.node.inputs.length === 0) return false;
    if (!known.has(value)) known.set(value, value.node.inputs.every(follows));
    return known.get(value)!;
  };
  return follows;
}
