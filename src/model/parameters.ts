import { isState, nameInBody } from './carried';
import { DataFlow } from './dataFlow';
import { isCount, isPoolingWindow, isUniform, knownConstant } from './exporterConstants';
import { LearnedScales } from './learnedScale';
import type { SourceGraph, SourceNode } from '../graph/source';
import { FIXED, operatorKey, PASSING, WEIGHTS } from './parameterRoles';
import type { SourceIndex, Use } from '../graph/sourceIndex';
import { allNodes, indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';

/** Why a floating initializer is trained or not. */
export interface Classification {
  name: string;
  shape: readonly number[];
  trained: boolean;
  reason: string;
}

/**
 * Decides which floating initializers are trained, with a reason for each, in the order of their use.
 * @param written names of tensors that the model's code holds as constants: see `constantsOfCode`
 */
export function classifyParameters(source: SourceGraph, written: ReadonlySet<string> = new Set()): Classification[] {
  const order = new Map<string, number>();
  for (const { inputs } of allNodes(source.nodes))
    for (const name of inputs) if (!order.has(name)) order.set(name, order.size);
  const classifier = new Classifier(source, written);
  return [...source.initializers]
    .filter(([name, tensor]) => isFloat(tensor.dtype) && order.has(name))
    .sort(([a], [b]) => order.get(a)! - order.get(b)!)
    .map(([name, tensor]) => ({ name, shape: tensor.shape, ...classifier.classify(name, tensor) }));
}

const trained = (reason: string) => ({ trained: true, reason });
const fixed = (reason: string) => ({ trained: false, reason });
const place = ({ op, name }: SourceNode) => `${op} "${name}"`;

/** Operators whose scale and shift an exporter writes as ones and zeros if it only needs the standardization. */
const NORMALIZATIONS = new Set([
  'InstanceNormalization',
  'GroupNormalization',
  'BatchNormalization',
  'LayerNormalization',
]);

/** Operators whose operands are always weights, biases or scales. */
const LAYERS = new Set([...NORMALIZATIONS, 'Conv', 'ConvTranspose', 'Gemm', 'LSTM', 'GRU', 'RNN']);
const SCATTERS = new Set(['ScatterND', 'ScatterElements', 'TensorScatter']);
/** Number of elements of the largest mask or position table to search for. */
const LARGEST_CONSTANT = 2 ** 24;

function placeOf(weight: Use | undefined): Parameters<typeof knownConstant>[1] {
  if (!weight) return 'operand';
  const { op } = weight.node;
  return (op === 'MatMul' || op === 'FusedMatMul') && weight.input === 0 ? 'left factor' : 'weights';
}

class Classifier {
  private readonly index: SourceIndex;
  private readonly flow: DataFlow;
  private readonly scales: LearnedScales;

  constructor(
    private readonly source: SourceGraph,
    private readonly written: ReadonlySet<string>,
  ) {
    this.index = indexOf(source);
    this.flow = new DataFlow(source, this.index);
    this.scales = new LearnedScales(source, this.index, this.flow, written);
  }

  classify(name: string, tensor: Tensor): { trained: boolean; reason: string } {
    const uses = this.finalUses(name);
    if (uses.length === 0) return fixed('used by no node');
    const [{ node }] = uses;
    const weight = uses.find((use) => WEIGHTS[operatorKey(use.node)]?.includes(use.input));
    const known = this.mayBeConstant(uses, tensor) ? knownConstant(tensor, placeOf(weight)) : null;
    if (known) return fixed(`${known}, read by ${place(node)}`);
    if (this.written.has(name) && sizeOf(tensor.shape) > 1) return fixed(`constant in the code of ${place(node)}`);
    const meeting = this.meetsNoData(name, uses, tensor);
    if (meeting) return fixed(`${meeting}, read by ${place(node)}`);
    if (weight?.node.op === 'Gather' && this.isComparedOnly(weight.node.outputs[0])) {
      return fixed(`threshold, looked up by ${place(weight.node)}`);
    }
    // A single number [] broadcasts. A weight has axes, except for a slope that all channels share.
    if (weight && (tensor.shape.length > 0 || weight.node.op === 'PRelu')) {
      return this.isPlainStandardization(weight, tensor)
        ? fixed(`unit ${weight.input === 1 ? 'scale' : 'shift'} that the exporter wrote for ${place(weight.node)}`)
        : trained(`weights of ${place(weight.node)}`);
    }
    const role = uses.find((use) => FIXED[operatorKey(use.node)]?.[use.input]);
    if (role) return fixed(`${FIXED[operatorKey(role.node)][role.input]} of ${place(role.node)}`);
    if (sizeOf(tensor.shape) <= 1 && this.isBias(uses[0], tensor)) {
      return trained(`bias after ${place(this.operandProducer(uses[0])!)}`);
    }
    if (sizeOf(tensor.shape) === 1 && this.scales.includes(name, tensor, uses)) {
      return this.scalesInput(uses[0], tensor)
        ? fixed(`scaling of the input, by ${place(node)}`)
        : trained(`learned ${node.op === 'Mul' || node.op === 'Div' ? 'scale' : 'shift'} of ${place(node)}`);
    }
    if (sizeOf(tensor.shape) <= 1) return fixed(`scalar operand of ${place(node)}`);
    if (uses.every((use) => isCount(tensor, use.node, use.input)))
      return fixed(`counts that ${place(node)} divides by`);
    if (this.scalesInput(uses[0], tensor)) return fixed(`scaling of the input, by ${place(node)}`);
    return trained(`operand of ${place(node)}`);
  }

  /** Whether to inspect the content. The place identifies the weights of layers, and large ones are slow to read. */
  private mayBeConstant(uses: readonly Use[], { shape }: Tensor): boolean {
    return sizeOf(shape) <= LARGEST_CONSTANT && uses.every(({ node }) => !LAYERS.has(node.op));
  }

  /** The role of a tensor that follows from its other factor, if that is not data; null for a tensor that may be a parameter. */
  private meetsNoData(name: string, uses: readonly Use[], tensor: Tensor): string | null {
    const products = uses.filter(({ node, input }) => node.op === 'MatMul' || (node.op === 'Gemm' && input < 2));
    if (products.length > 0 && products.every(({ node }) => this.flow.isConstant(node))) {
      const alone = products.length === uses.length;
      if (alone && tensor.shape.length === 1) return 'vector of a spectral normalization';
      // Zeros may be both hidden state and cell of the first step, and the cell meets a gate.
      const started = alone ? isUniform(tensor) : isUniform(tensor, 0);
      if (products.every(({ input }) => input === 0) && started) return 'starting state';
    }
    if (uses.every(({ node, input }) => SCATTERS.has(node.op) && input === 0) && isUniform(tensor)) {
      return 'uniform tensor that is written into';
    }
    const passed = this.directUses(name);
    if (passed.length > 0 && passed.every(isState) && isUniform(tensor)) return 'starting state';
    if (uses.every(({ node, input }) => isPoolingWindow(tensor, node, input))) return 'window of a pooling';
    return this.flow.turnsPositions(name) ? 'frequencies of positions' : null;
  }

  /** The nodes that compute with a tensor, behind those that only rearrange it. */
  private finalUses(name: string, seen = new Set<string>()): Use[] {
    if (seen.has(name)) return [];
    seen.add(name);
    return this.directUses(name).flatMap((use) => {
      const inside = nameInBody(use);
      const beyond = inside === undefined ? [] : this.finalUses(inside, seen);
      return beyond.length > 0 ? beyond : [use];
    });
  }

  /** The same, with a loop as one node. */
  private directUses(name: string, seen = new Set<string>()): Use[] {
    if (seen.has(name)) return [];
    seen.add(name);
    return (this.index.uses.get(name) ?? []).flatMap((use) => {
      const passes = PASSING.has(use.node.op) && (use.input === 0 || use.node.op === 'Concat');
      if (!passes) return [use];
      const beyond = use.node.outputs.flatMap((output) => this.directUses(output, seen));
      return beyond.length > 0 ? beyond : [use];
    });
  }

  /** Whether only comparisons read a value, such as the thresholds of a tree. */
  private isComparedOnly(name: string): boolean {
    const uses = this.finalUses(name);
    return uses.length > 0 && uses.every(({ node, input }) => FIXED[operatorKey(node)]?.[input] === 'threshold');
  }

  /** The node that computes the other operand of a binary operator. */
  private operandProducer({ node, input }: Use): SourceNode | undefined {
    return this.index.producers.get(node.inputs[1 - input]);
  }

  /** A bias of one output is a single number [1] after the product; single numbers [] are constants. */
  private isBias(use: Use, { shape }: Tensor): boolean {
    const producer = use.node.op === 'Add' ? this.operandProducer(use) : undefined;
    return shape.length > 0 && (producer?.op === 'MatMul' || producer?.op === 'Conv');
  }

  /**
   * Ones and zeros of a normalization whose real scale and shift follow it: a GroupNormalization exported as Reshape,
   * InstanceNormalization, Reshape, Mul, Add, or Caffe's BatchNorm and Scale.
   */
  private isPlainStandardization({ node, input }: Use, tensor: Tensor): boolean {
    if (!NORMALIZATIONS.has(node.op) || !isUniform(tensor, input === 1 ? 1 : 0)) return false;
    // Optimizers merge one of the two with a parameter that happens to be equal.
    if (this.written.has(node.inputs[3 - input])) return true;
    const other = this.source.initializers.get(node.inputs[3 - input]);
    if (other && !isUniform(other, input === 1 ? 0 : 1)) return false;
    const regrouped = this.index.producers.get(node.inputs[0])?.op === 'Reshape';
    return (node.op === 'InstanceNormalization' && regrouped) || this.isScaledLater(node.outputs[0]);
  }

  /** Whether a value is next multiplied by an initializer. */
  private isScaledLater(name: string): boolean {
    return this.finalUses(name).some(
      ({ node, input }) => node.op === 'Mul' && this.source.initializers.has(this.sourceOf(node.inputs[1 - input])),
    );
  }

  /** The name of the value behind rearrangements. */
  private sourceOf(name: string): string {
    const producer = this.index.producers.get(name);
    return producer && PASSING.has(producer.op) ? this.sourceOf(producer.inputs[0]) : name;
  }

  /** (x − mean)/deviation of the raw input, one number per channel, which prepares the data and is not part of the network. */
  private scalesInput(use: Use, { shape }: Tensor): boolean {
    const { node, input } = use;
    if (shape.filter((dim) => dim > 1).length > 1) return false;
    if (node.op === 'Sub' || node.op === 'Div') return input === 1 && this.isRawInput(node.inputs[0]);
    if (node.op !== 'Mul') return false;
    const before = this.index.producers.get(this.sourceOf(node.inputs[1 - input]));
    return before?.op === 'Sub' && this.isRawInput(before.inputs[0]);
  }

  /** An input of the model, at most rearranged or scaled. */
  private isRawInput(name: string): boolean {
    if (this.source.inputs.some((input) => input.name === name)) return true;
    const producer = this.index.producers.get(name);
    if (!producer) return false;
    if (PASSING.has(producer.op) && producer.op !== 'Concat') return this.isRawInput(producer.inputs[0]);
    return ['Sub', 'Div', 'Mul'].includes(producer.op) && this.isRawInput(producer.inputs[0]);
  }
}
