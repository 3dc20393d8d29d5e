import type { SourceAttribute, SourceNode } from '../../../src/graph/source';
import type { Tensor } from '../../../src/graph/tensor';
import { sizeOf, tensor } from '../../../src/graph/tensor';
import { random } from '../../../src/numerics/random';
import type { WritablePort, WritableModel } from '../../../src/onnx/write';

/** An operator set that today's exporters use and that has every operator these networks need. */
const OPSET = 17;

/** A value of the network being written. Axis 0 of its shape is the batch. */
export interface Wire {
  name: string;
  shape: readonly number[];
}

export interface ConvShape {
  channels: number;
  kernel: number;
  stride?: number;
  group?: number;
  /** Factor for the weights. It is below 1 at the end of a block, so that sums over many blocks do not grow. */
  gain?: number;
}

/**
 * Writes a network layer by layer as an exporter would, with seeded random weights. Every weight is uniform with the
 * variance of He et al. 2015 (2/inputs before a Relu), so that activations neither vanish nor overflow.
 */
export class NetworkWriter {
  private readonly nodes: SourceNode[] = [];
  private readonly initializers = new Map<string, Tensor>();
  private readonly inputs: WritablePort[] = [];

  constructor(private readonly seed: number) {}

  input(name: string, shape: readonly number[], dtype: 'float32' | 'int64' = 'float32'): Wire {
    this.inputs.push({ name, dtype, shape });
    return { name, shape };
  }

  /** Returns the model whose output is `output`. */
  finish(output: Wire): WritableModel {
    const { nodes, initializers, inputs } = this;
    const outputs = [{ name: output.name, dtype: 'float32' as const, shape: output.shape }];
    return { graph: { nodes, initializers, inputs, outputs }, opset: OPSET };
  }

  /** Adds a weight drawn uniformly from ±√3·deviation, which gives that standard deviation. */
  weight(name: string, shape: readonly number[], deviation: number): Wire {
    const source = random(this.seed, name);
    const data = new Float32Array(sizeOf(shape));
    const width = (deviation * Math.sqrt(3)) / 2 ** 31;
    for (let i = 0; i < data.length; i++) data[i] = width * source.bits();
    return this.constant(name, { dtype: 'float32', shape, data });
  }

  constant(name: string, value: Tensor): Wire {
    this.initializers.set(name, value);
    return { name, shape: value.shape };
  }

  /** Adds an operator, whose output has the same name. */
  apply(
    op: string,
    inputs: readonly Wire[],
    shape: readonly number[],
    attributes: Readonly<Record<string, SourceAttribute>> = {},
    name = `${op}_${this.nodes.length}`,
  ): Wire {
    this.nodes.push({ name, op, domain: '', inputs: inputs.map((x) => x.name), outputs: [name], attributes });
    return { name, shape };
  }

  unary = (op: string, x: Wire) => this.apply(op, [x], x.shape);
  add = (a: Wire, b: Wire) => this.apply('Add', [a, b], a.shape);
  mul = (a: Wire, b: Wire) => this.apply('Mul', [a, b], a.shape);

  /** Multiplies by a number. */
  scale(x: Wire, factor: number): Wire {
    const name = `scale_${this.nodes.length}`;
    return this.mul(x, this.constant(name, tensor('float32', [], [factor])));
  }

  /** Convolves x [N, C, H, W], with a bias and padding that keeps H and W at stride 1. Normalization is folded in. */
  conv(name: string, x: Wire, { channels, kernel, stride = 1, group = 1, gain = 1 }: ConvShape): Wire {
    const [batch, inputs, ...space] = x.shape;
    const pad = Math.floor((kernel - 1) / 2);
    const weights = [channels, inputs / group, kernel, kernel];
    const w = this.weight(`${name}.weight`, weights, gain * Math.sqrt(2 / sizeOf(weights.slice(1))));
    const b = this.weight(`${name}.bias`, [channels], 0.01);
    const shape = [batch, channels, ...space.map((n) => Math.floor((n + 2 * pad - kernel) / stride) + 1)];
    return this.apply('Conv', [x, w, b], shape, convAttributes(kernel, stride, pad, group), name);
  }

  /** Pools x [N, C, H, W] over 3 × 3 with stride 2. */
  maxPool(x: Wire): Wire {
    const [batch, channels, ...space] = x.shape;
    const shape = [batch, channels, ...space.map((n) => Math.floor((n - 1) / 2) + 1)];
    const { kernel_shape, strides, pads } = convAttributes(3, 2, 1, 1);
    return this.apply('MaxPool', [x], shape, { kernel_shape, strides, pads });
  }

  /** Averages x over its positions: [N, C, H, W] → [N, C, 1, 1]. */
  globalAveragePool(x: Wire): Wire {
    return this.apply('GlobalAveragePool', [x], [x.shape[0], x.shape[1], 1, 1]);
  }

  flatten(x: Wire): Wire {
    return this.apply('Flatten', [x], [x.shape[0], sizeOf(x.shape.slice(1))], { axis: int(1) });
  }

  /** Adds a Gemm, x [N, inputs] → [N, outputs], with weights [outputs, inputs] as PyTorch stores them. */
  gemm(name: string, x: Wire, outputs: number): Wire {
    const inputs = x.shape[1];
    const w = this.weight(`${name}.weight`, [outputs, inputs], Math.sqrt(1 / inputs));
    const b = this.weight(`${name}.bias`, [outputs], 0.01);
    return this.apply('Gemm', [x, w, b], [x.shape[0], outputs], { transB: int(1) }, name);
  }

  /** Adds a MatMul and an Add, x […, inputs] → […, outputs], as exporters write linear layers on tokens. */
  linear(name: string, x: Wire, outputs: number, gain = 1): Wire {
    const inputs = x.shape.at(-1)!;
    const w = this.weight(`${name}.weight`, [inputs, outputs], gain * Math.sqrt(1 / inputs));
    const b = this.weight(`${name}.bias`, [outputs], 0.01);
    const shape = [...x.shape.slice(0, -1), outputs];
    return this.add(this.apply('MatMul', [x, w], shape, {}, name), b);
  }

  reshape(x: Wire, shape: readonly number[]): Wire {
    const name = `shape_${shape.join('_')}`;
    const to = this.constant(name, tensor('int64', [shape.length], shape));
    return this.apply('Reshape', [x, to], shape);
  }

  transpose(x: Wire, perm: readonly number[]): Wire {
    const shape = perm.map((axis) => x.shape[axis]);
    return this.apply('Transpose', [x], shape, { perm: { kind: 'ints', value: perm } });
  }

  layerNorm(name: string, x: Wire): Wire {
    const width = x.shape.at(-1)!;
    // The scales are not all ones, because equal initializers would be taken for one that the exporter merged.
    const around = (deviation: number, mean: number) => {
      const source = random(this.seed, name, mean);
      return Float32Array.from({ length: width }, () => mean + deviation * source.normal());
    };
    const vector = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [width], data });
    const gamma = this.constant(`${name}.weight`, vector(around(0.02, 1)));
    const beta = this.constant(`${name}.bias`, vector(around(0.02, 0)));
    return this.apply('LayerNormalization', [x, gamma, beta], x.shape, { axis: int(-1) }, name);
  }

  /** Adds x·Φ(x), written out with Erf as PyTorch exports it at this operator set. */
  gelu(x: Wire): Wire {
    const one = this.constant('one', tensor('float32', [], [1]));
    const phi = this.apply('Add', [this.unary('Erf', this.scale(x, Math.SQRT1_2)), one], x.shape);
    return this.scale(this.mul(x, phi), 0.5);
  }
}

export const int = (value: number): SourceAttribute => ({ kind: 'int', value });

function convAttributes(kernel: number, stride: number, pad: number, group: number) {
  const ints = (value: readonly number[]): SourceAttribute => ({ kind: 'ints', value });
  return {
    kernel_shape: ints([kernel, kernel]),
    strides: ints([stride, stride]),
    pads: ints([pad, pad, pad, pad]),
    dilations: ints([1, 1]),
    group: int(group),
  };
}
