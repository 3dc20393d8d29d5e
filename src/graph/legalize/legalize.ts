import type { GraphBuilder } from '../builder';
import type { Node, Value } from '../graph';
import { constantOf, nodesOf } from '../graph';
import type { Op } from '../ops';
import { again, replay } from '../replay';
import { chains } from './chains';
import { conv, convInput } from './convolution';
import { convWeight } from './convWeight';
import { reduceSum } from './reduceSum';
import { scatterAdd } from './scatterAdd';
import { sumOfProducts } from './sumOfProducts';
import { transposedProduct } from './transposedProduct';

/** What the device that a graph is written for can do. */
export interface Target {
  /** Channels per block of the runtime's blocked convolutions; null where there are none. */
  block: number | null;
  /** Threads that one run of a graph is shared out to. Not told: several. */
  threads?: number;
}

/** What a form may be chosen by. */
export interface Surroundings extends Target {
  /** Whether a value differs from run to run, while the others are computed once and kept. */
  moving(value: Value): boolean;
  /** Whether anything is kept: without tangents everything moves. */
  split: boolean;
  /** Whether a value follows from constants of the session alone: the runtime folds it, and packs it as weights. */
  constant(value: Value): boolean;
  /** Whether one operator alone reads a value of the graph that is made legal, as it was before. */
  alone(value: Value): boolean;
  /** Results that one operator alone reads since they became part of it. */
  owned: Set<Value>;
}

/** Another form of an operator, or null to leave it. */
export type Expansion<O extends Op> = (
  g: GraphBuilder,
  inputs: readonly Value[],
  node: Node<O>,
  surroundings: Surroundings,
) => Value | null;

/** Core operators that ONNX has no counterpart for, or only a slow one. */
const expansions: { [O in Op]?: Expansion<O> } = {
  ...chains,
  Add: (...at) => sumOfProducts(...at) ?? chains.Add!(...at),
  Conv: conv,
  ConvInput: convInput,
  ConvWeight: convWeight,
  MatMul: transposedProduct,
  ReduceSum: reduceSum,
  ScatterAdd: scatterAdd,
};

export interface LegalizeOptions {
  /** Inputs that change from run to run at fixed parameters and data; without any, everything does. */
  tangents?: readonly Value[];
  /** Given values that never change. */
  constants?: ReadonlySet<Value>;
  target?: Target;
}

/**
 * The outputs with every operator in a form that can be written as ONNX and runs well.
 * @param stop values that are given, not computed: nothing before them is touched
 */
export function legalize(
  g: GraphBuilder,
  outputs: readonly Value[],
  stop: ReadonlySet<Value>,
  { tangents = [], constants = new Set(), target = { block: null } }: LegalizeOptions = {},
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

/** Whether a value is read once, outputs counted. */
function readOnce(outputs: readonly Value[], stop: ReadonlySet<Value>): (value: Value) => boolean {
  const readers = new Map<Value, number>();
  const values = [...outputs, ...nodesOf(outputs, stop).flatMap((node) => node.inputs)];
  for (const value of values) readers.set(value, (readers.get(value) ?? 0) + 1);
  return (value) => readers.get(value) === 1;
}

/** Whether a value is computed from the given constants alone. */
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
