import { UserError } from '../errors';
import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import type { Tensor } from '../graph/tensor';
import { numbers } from '../graph/tensor';
import { requiredInputs } from './requiredInputs';
import type { SourceNode } from '../graph/source';

/** A node of the model that no runtime can run, or that Ridgeline does not support. */
export class ModelError extends UserError {
  constructor(node: SourceNode, what: string, action?: string, options?: ErrorOptions) {
    super({ what, where: [`${node.op} "${node.name}"`], action: action ?? 'Check the export of this layer.' }, options);
  }
}

/** A node needs too many steps, operators or numbers. */
export class TooLargeModelError extends ModelError {}

/** A shape, a scale or a similar value depends on the data, but must be known before the model runs. */
export class UnknownSizeError extends ModelError {
  constructor(
    node: SourceNode,
    input: number,
    readonly value: Value,
    told: { what: string; action: string } = {
      what: `Input ${input + 1} of ${node.op} is computed from the data, so shapes are not known beforehand.`,
      action: 'Export with fixed sizes, or run a constant-folding simplifier over the model.',
    },
  ) {
    super(node, told.what, told.action);
  }
}

/** The data decide which branch is taken or how often a body runs. */
export class UnknownCourseError extends UnknownSizeError {
  constructor(node: SourceNode, input: number, value: Value) {
    const course = node.op === 'If' ? 'which branch is taken' : 'how often it runs';
    const decisive = node.op === 'Loop' && input === 0 ? 'number of steps' : 'condition';
    super(node, input, value, {
      what: `The ${decisive} of ${node.op} is computed from the data: ${course} is not known beforehand.`,
      action: 'Export the model with this condition fixed, or run a constant-folding simplifier over it.',
    });
  }
}

/** One operator of the user's model while it is lowered to core operators. Its methods may be destructured. */
export class LowerContext {
  constructor(
    readonly g: GraphBuilder,
    readonly node: SourceNode,
    readonly inputs: readonly (Value | null)[],
    /** Version of the node's operator set. */
    readonly opset: number,
  ) {}

  /** First input. */
  get x(): Value {
    return this.input(0);
  }

  has = (i: number): boolean => !!this.inputs[i];

  input = (i: number): Value => this.inputs[i] ?? this.fail(`Input ${i + 1} of ${this.node.op} is missing.`);

  int = (name: string, fallback?: number) => this.whole(name, this.attribute('int', name, fallback));
  float = (name: string, fallback?: number) => this.attribute('float', name, fallback);
  string = (name: string, fallback?: string) => this.attribute('string', name, fallback);
  ints = (name: string, fallback?: readonly number[]) => {
    const list = this.attribute('ints', name, fallback);
    list.forEach((value) => this.whole(name, value));
    return list;
  };
  optionalInts = (name: string) => (this.node.attributes[name] ? this.ints(name) : null);
  tensor = (name: string) => this.attribute<Tensor>('tensor', name, undefined);

  /** The numbers of an input that must be known before the model runs: a shape, axes, pads. Null if omitted. */
  constants = (i: number): number[] | null => {
    const value = this.inputs[i];
    if (!value) return null;
    const constant = constantOf(value);
    if (constant) return numbers(constant);
    throw new UnknownSizeError(this.node, i, value);
  };

  /** Numbers given as an attribute in older opsets and as an input in newer ones. */
  intsOrInput = (name: string, input: number): readonly number[] | null =>
    this.optionalInts(name) ?? this.constants(input);

  /** Counts a negative axis from the end. */
  axis = (value: number, rank = this.x.shape.length): number => {
    const axis = value < 0 ? value + rank : value;
    if (axis < 0 || axis >= Math.max(rank, 1)) this.fail(`Axis ${value} of a tensor of rank ${rank}.`);
    return axis;
  };

  fail = (what: string, action?: string): never => {
    throw new ModelError(this.node, what, action);
  };

  /** Integers of a file have 64 bits, but no count exceeds the range of a double. */
  private whole(name: string, value: number): number {
    if (!Number.isSafeInteger(value)) this.fail(`Attribute "${name}" of ${this.node.op} is ${value}.`);
    return value;
  }

  private attribute<T>(kind: string, name: string, fallback: T | undefined): T {
    const attribute = this.node.attributes[name];
    if (!attribute) return fallback ?? this.fail(`Attribute "${name}" of ${this.node.op} is missing.`);
    if (attribute.kind !== kind) this.fail(`Attribute "${name}" of ${this.node.op} is ${attribute.kind}, not ${kind}.`);
    return attribute.value as T;
  }
}

/**
 * The context of a node of the file. A lowering that delegates a part of its work creates the context of that part itself.
 * @throws ModelError if a required input is missing
 */
export function contextOf(...[g, node, inputs, opset]: ConstructorParameters<typeof LowerContext>): LowerContext {
  const context = new LowerContext(g, node, inputs, opset);
  for (const place of requiredInputs(node, opset)) context.input(place);
  return context;
}

/** Turns an operator of the user's model into core operators: one value per output, null for a non-numeric one. */
export type Lowering = (context: LowerContext) => Value | readonly (Value | null)[];
export type LoweringTable = Record<string, Lowering>;

/**
 * Checks the second input, indices into an axis, if they are constant. Indices that a graph computes are valid.
 * @throws ModelError for an index outside the axis, which the runtime would find only during a run
 */
export function knownIndices(c: LowerContext, length: number): number[] | null {
  const known = constantOf(c.input(1));
  if (!known) return null;
  const indices = numbers(known);
  const wrong = indices.find((i) => i >= length || i < -length);
  if (wrong !== undefined) c.fail(`${c.node.op} picks index ${wrong} of an axis of ${length}.`);
  return indices;
}
