import type { GraphBuilder } from '../graph/builder';
import type { Node, Value } from '../graph/graph';
import { constantOf, nodesOf } from '../graph/graph';
import type { LoopBody } from '../graph/loopBody';
import { loopBodyOf } from '../graph/loopBody';
import type { Target } from './form';
import { legalize } from './legalize';
import type { SourceAttribute, SourceNode } from '../graph/source';
import type { ArithmeticOp, ComparisonOp, ConvAttributes, Op, OpAttributes, UnaryOp } from '../graph/ops';
import { ARITHMETIC, COMPARISON, UNARY } from '../graph/ops';
import type { DType, Tensor } from '../graph/tensor';
import { scalar, sizeOf, tensor } from '../graph/tensor';

/** Opset of derived graphs, unless a node of the model needs a newer one. */
const EMITTED_OPSET = 18;

/** ONNX TensorProto.DataType of each element type. */
const dataTypes: Record<DType, number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
  uint32: 12,
  uint64: 13,
};

export interface Port {
  name: string;
  /** Null for an output whose type the runtime infers. */
  dtype: DType | null;
  shape: readonly number[] | null;
}

/** A graph, or the body of a loop, as ONNX operators. */
interface GraphParts {
  nodes: SourceNode[];
  initializers: Map<string, Tensor>;
  inputs: Port[];
  outputs: Port[];
}

/** A graph of core operators as ONNX operators, ready to be written. */
export interface EmittedGraph extends GraphParts {
  opset: number;
}

/**
 * Writes values as an ONNX graph.
 * @param inputs values fed at run time, by name; values inside a larger graph cut it there
 * @param outputs values to compute, by name
 * @param constants values whose tensors never change; they become initializers, which the runtime may fold and pack
 * @param target capabilities of the device
 */
export function emit(
  g: GraphBuilder,
  inputs: Readonly<Record<string, Value>>,
  outputs: Readonly<Record<string, Value>>,
  constants: ReadonlyMap<Value, Tensor>,
  target: Target = { blockChannels: null },
): EmittedGraph {
  const stop = new Set([...Object.values(inputs), ...constants.keys()]);
  const names = Object.keys(outputs);
  const legal = legalize(g, Object.values(outputs), stop, { target, constants: new Set(constants.keys()) });
  const writer = new Writer(g);
  for (const [name, value] of Object.entries(inputs)) writer.names.set(value, name);
  writer.graph(legal, stop, names);
  for (const [value, constant] of constants) {
    if (writer.read.has(value)) writer.initializers.set(writer.name(value), constant);
  }
  return {
    opset: Math.min(writer.opset, NEWEST_OPSET),
    nodes: writer.nodes,
    initializers: writer.initializers,
    inputs: Object.entries(inputs).map(([name, value]) => port(name, value)),
    outputs: legal.map((value, i) => port(names[i], value)),
  };
}

const port = (name: string, { dtype, shape }: Value): Port => ({ name, dtype, shape });

/** The runtime refuses graphs that name a newer operator set, even if all their operators belong to this one. */
export const NEWEST_OPSET = 26;

class Writer {
  readonly names = new Map<Value, string>();
  /** Values that some node reads. */
  readonly read = new Set<Value>();
  readonly nodes: SourceNode[] = [];
  /** Newer than ours where an operator that is left as the model has it is. */
  opset = EMITTED_OPSET;
  private bodies = 0;

  /**
   * @param prefix of names of this graph alone: the runtime wants none in the body of a loop that the graph around it has
   * @param initializers those of the whole graph: bodies read them too
   */
  constructor(
    private readonly g: GraphBuilder,
    private readonly prefix = '',
    readonly initializers = new Map<string, Tensor>(),
  ) {}

  /** Everything that the outputs need up to `stop`. */
  graph(outputs: readonly Value[], stop: ReadonlySet<Value>, names: readonly string[]): void {
    const nodes = nodesOf(outputs, stop);
    const needed = new Set([...outputs, ...nodes.flatMap((node) => node.inputs)]);
    for (const node of nodes) this.node(node, needed);
    // Each graph output needs its own name, even if two outputs are one value or an output is an input.
    for (const [i, value] of outputs.entries())
      this.push('Identity', [this.name(value)], [names[i]], `output ${names[i]}`);
  }

  /** @param given names of what the body reads of this graph */
  body({ inputs, captured, outputs }: LoopBody, given: readonly string[]): GraphParts {
    const stop = new Set([...inputs, ...captured]);
    const legal = legalize(this.g, outputs, stop);
    const inner = new Writer(this.g, `${this.prefix}body${this.bodies++}_`, this.initializers);
    for (const [i, value] of captured.entries()) inner.names.set(value, given[i]);
    const names = outputs.map((_, i) => `${inner.prefix}output${i}`);
    inner.graph(legal, stop, names);
    this.opset = Math.max(this.opset, inner.opset);
    return {
      nodes: inner.nodes,
      initializers: new Map(),
      inputs: inputs.map((value) => port(inner.name(value), value)),
      outputs: legal.map((value, i) => port(names[i], value)),
    };
  }

  name(value: Value): string {
    this.read.add(value);
    const known = this.names.get(value);
    if (known) return known;
    const name = `${this.prefix}v${value.id}`;
    this.names.set(value, name);
    return name;
  }

  /** @param needed values that something reads */
  node(node: Node, needed: ReadonlySet<Value>): void {
    if (node.op === 'Constant') {
      const [value] = node.outputs;
      this.initializers.set(this.name(value), (node as Node<'Constant'>).attributes.tensor);
      return;
    }
    if (node.op === 'Opaque') this.opset = Math.max(this.opset, (node as Node<'Opaque'>).attributes.opset);
    const write = writers[node.op] as Write<Op>;
    // Without the indices, the runtime's pooling is many times faster.
    const outputs = node.op === 'MaxPool' && !needed.has(node.outputs[1]) ? [node.outputs[0]] : node.outputs;
    write(
      this,
      node.inputs.map((input) => this.name(input)),
      outputs.map((output) => this.name(output)),
      node.attributes,
      node,
    );
  }

  push(
    op: string,
    inputs: string[],
    outputs: string[],
    origin: string,
    attributes: SourceNode['attributes'] = {},
    domain = '',
  ): void {
    // The runtime does not require unique names, but they make profiles easier to read.
    this.nodes.push({ name: `${origin}#${this.nodes.length}`, op, domain, inputs, outputs, attributes });
  }

  /** An initializer of integers: axes, shapes, pads. Equal ones are shared. */
  ints(values: readonly number[]): string {
    return this.initializer(`i${values.join('_')}`, () => tensor('int64', [values.length], values));
  }

  initializer(name: string, make: () => Tensor): string {
    if (!this.initializers.has(name)) this.initializers.set(name, make());
    return name;
  }
}

type Write<O extends Op> = (
  w: Writer,
  inputs: string[],
  outputs: string[],
  attributes: OpAttributes[O],
  node: Node<O>,
) => void;

const int = (value: number): SourceAttribute => ({ kind: 'int', value });
const ints = (value: readonly number[]): SourceAttribute => ({ kind: 'ints', value });

/** The same name and no attributes in ONNX. */
const plain: Write<Op> = (w, inputs, outputs, _, node) => w.push(node.op, inputs, outputs, node.origin);

/**
 * An operator that broadcasts. If the last axis of the result has length 1, the runtime handles a scalar once per element:
 * the 8,500 elements of [5,100,17,1] take 0.3 ms. With as many axes as the result, the scalar takes 0.05.
 */
const broadcasting: Write<Op> = (w, inputs, outputs, _, node) => {
  const { shape } = node.outputs[0];
  const isColumn = shape.at(-1) === 1 && sizeOf(shape) > 1;
  const operands = node.inputs.map((input, i) => {
    const constant = isColumn && input.shape.length < shape.length && sizeOf(input.shape) === 1 && constantOf(input);
    if (!constant) return inputs[i];
    const filled = { dtype: constant.dtype, shape: shape.map(() => 1), data: constant.data };
    return w.initializer(`${inputs[i]}_${shape.length}`, () => filled);
  });
  w.push(node.op, operands, outputs, node.origin);
};

const reduce: Write<'ReduceSum' | 'ReduceMax' | 'ReduceMin'> = (w, [x], outputs, { axes, keepdims }, node) =>
  w.push(node.op, [x, w.ints(axes)], outputs, node.origin, { keepdims: int(keepdims ? 1 : 0) });

const softmax: Write<'Softmax' | 'LogSoftmax'> = (w, inputs, outputs, { axis }, node) =>
  w.push(node.op, inputs, outputs, node.origin, { axis: int(axis) });

const convolution = ({ strides, pads, dilations, group }: ConvAttributes): SourceNode['attributes'] => ({
  strides: ints(strides),
  pads: ints(pads),
  dilations: ints(dilations),
  group: int(group),
});

/** The runtime's own operators on tensors with channels in blocks. */
const BLOCKED_DOMAIN = 'com.microsoft.nchwc';

/** An end before the first element. ONNX counts −1 as the last one, so slicing down to the start needs a number below −length. */
const PAST_START = -(2 ** 31);

const unreachable: Write<Op> = (_w, _i, _o, _a, node) => {
  throw new Error(`${node.op} from "${node.origin}" was not made legal before writing`);
};

const writers: { [O in Op]: Write<O> } = {
  ...(Object.fromEntries(UNARY.map((op) => [op, plain])) as unknown as { [O in UnaryOp]: Write<O> }),
  ...(Object.fromEntries([...ARITHMETIC, ...COMPARISON].map((op) => [op, broadcasting])) as unknown as {
    [O in ArithmeticOp | ComparisonOp]: Write<O>;
  }),
  Constant: unreachable as Write<'Constant'>,
  ConvWeight: unreachable as Write<'ConvWeight'>,
  Where: broadcasting as Write<'Where'>,
  MatMul: plain as Write<'MatMul'>,
  /** With fmod, ONNX takes the sign of the dividend, for floats and integers alike. */
  Mod: (w, inputs, outputs, _, { origin }) => w.push('Mod', inputs, outputs, origin, { fmod: int(1) }),
  Cast: (w, inputs, outputs, { to }, { origin }) => w.push('Cast', inputs, outputs, origin, { to: int(dataTypes[to]) }),
  Reshape: (w, [x], outputs, { shape }, { origin }) =>
    w.push('Reshape', [x, w.ints(shape)], outputs, origin, { allowzero: int(1) }),
  Transpose: (w, inputs, outputs, { perm }, { origin }) =>
    w.push('Transpose', inputs, outputs, origin, { perm: ints(perm) }),
  Expand: (w, [x], outputs, { shape }, { origin }) => w.push('Expand', [x, w.ints(shape)], outputs, origin),
  Slice(w, [x], outputs, { starts, ends, steps }, { origin, inputs }) {
    const { shape } = inputs[0];
    const axes = [...shape.keys()].filter((i) => starts[i] !== 0 || ends[i] !== shape[i] || steps[i] !== 1);
    const at = (list: readonly number[]) => w.ints(axes.map((axis) => list[axis]));
    const stops = ends.map((end, i) => (steps[i] < 0 && end < 0 ? PAST_START : end));
    w.push('Slice', [x, at(starts), at(stops), w.ints(axes), at(steps)], outputs, origin);
  },
  Pad(w, [x], outputs, { before, after, value }, { origin, inputs }) {
    const { dtype } = inputs[0];
    const fill = w.initializer(`pad_${dtype}_${value}`, () => scalar(dtype, value));
    w.push('Pad', [x, w.ints([...before, ...after]), fill], outputs, origin);
  },
  Concat: (w, inputs, outputs, { axis }, { origin }) => w.push('Concat', inputs, outputs, origin, { axis: int(axis) }),
  ReduceSum: reduce as Write<'ReduceSum'>,
  ReduceMax: reduce as Write<'ReduceMax'>,
  ReduceMin: reduce as Write<'ReduceMin'>,
  ArgMax: (w, inputs, outputs, { axis }, { origin }) =>
    w.push('ArgMax', inputs, outputs, origin, { axis: int(axis), keepdims: int(0) }),
  CumSum: (w, [x], outputs, { axis, exclusive, reverse }, { origin }) =>
    w.push('CumSum', [x, w.ints([axis])], outputs, origin, {
      exclusive: int(exclusive ? 1 : 0),
      reverse: int(reverse ? 1 : 0),
    }),
  Softmax: softmax as Write<'Softmax'>,
  LogSoftmax: softmax as Write<'LogSoftmax'>,
  Gather: (w, inputs, outputs, { axis }, { origin }) => w.push('Gather', inputs, outputs, origin, { axis: int(axis) }),
  /** Legalized forms index the first axis: updates [i…, rest…] are added to zeros [size, rest…]. */
  ScatterAdd(w, [updates, indices], outputs, _, { origin, inputs, outputs: [y] }) {
    const zero = w.initializer(`zero_${y.dtype}`, () => scalar(y.dtype, 0));
    const zeros = `${outputs[0]}_zeros`;
    const columns = `${outputs[0]}_indices`;
    w.push('Expand', [zero, w.ints(y.shape)], [zeros], origin);
    w.push('Unsqueeze', [indices, w.ints([inputs[1].shape.length])], [columns], origin);
    w.push('ScatterND', [zeros, columns, updates], outputs, origin, { reduction: { kind: 'string', value: 'add' } });
  },
  Conv: (w, inputs, outputs, attributes, { origin }) =>
    w.push('Conv', inputs, outputs, origin, convolution(attributes)),
  Block: (w, inputs, outputs, _, { origin }) => w.push('ReorderInput', inputs, outputs, origin, {}, BLOCKED_DOMAIN),
  Unblock: (w, inputs, outputs, { channels }, { origin }) =>
    w.push('ReorderOutput', inputs, outputs, origin, { channels: int(channels) }, BLOCKED_DOMAIN),
  BlockedConv: (w, inputs, outputs, attributes, { origin, inputs: [, weights] }) =>
    w.push(
      'Conv',
      inputs,
      outputs,
      origin,
      {
        ...convolution(attributes),
        kernel_shape: ints(weights.shape.slice(2)),
        ...(attributes.rectified ? { activation: { kind: 'string', value: 'Relu' } } : {}),
      },
      BLOCKED_DOMAIN,
    ),
  ConvInput(w, names, outputs, { input, ...attributes }, { origin, inputs: [y, weights] }) {
    const { strides, pads, dilations } = attributes;
    const rank = input.length;
    const extra = input.map((length, i) => {
      const reached = (y.shape[i + 2] - 1) * strides[i] + dilations[i] * (weights.shape[i + 2] - 1) + 1;
      return length + pads[i] + pads[i + rank] - reached;
    });
    w.push('ConvTranspose', names, outputs, origin, { ...convolution(attributes), output_padding: ints(extra) });
  },
  MaxPool: (w, inputs, outputs, { kernel, strides, pads, dilations, ceil }, { origin }) =>
    w.push('MaxPool', inputs, outputs, origin, {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      pads: ints(pads),
      dilations: ints(dilations),
      ceil_mode: int(ceil ? 1 : 0),
    }),
  TopK: (w, [x], outputs, { axis, k, largest }, { origin }) =>
    w.push('TopK', [x, w.ints([k])], outputs, origin, { axis: int(axis), largest: int(largest ? 1 : 0) }),
  Opaque(w, inputs, outputs, { node: { op, domain, attributes, ...places } }, node) {
    const body = loopBodyOf(node);
    if (!body)
      return w.push(
        op,
        inPlaces(places.inputs, inputs),
        inPlaces(places.outputs, outputs),
        node.origin,
        attributes,
        domain,
      );
    const operands = inputs.length - body.captured.length;
    const value = w.body(body, inputs.slice(operands));
    w.push(op, inputs.slice(0, operands), outputs, node.origin, { body: { kind: 'graph', value } });
  },
};

/** The names that are present, each at its place in the model; missing names in between stay empty. */
function inPlaces(places: readonly string[], present: readonly string[]): string[] {
  const names = [...present];
  return places.map((place) => (place === '' ? '' : (names.shift() ?? '')));
}
