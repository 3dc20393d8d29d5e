import type { SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { glorot, he, normals, rounded, zeros } from '../samples/parts';
import { filled, floats, ints, node } from '../unit/sourceGraph';
import type { Trouble } from './trouble';
import { HEALTHY, mapped, normalTensor } from './trouble';

const [SAMPLES, SIDE, CLASSES] = [96, 5, 4];
const LOSS = { loss: 'cross_entropy' } as const;

/** Images [samples, 1, side, side], one pattern per class and noise, and their classes. */
function images(stream: string): Trouble['data'] {
  const area = SIDE * SIDE;
  const patterns = normals(CLASSES * area, stream, 'patterns');
  const noise = normals(SAMPLES * area, stream, 'noise');
  const labels = Array.from({ length: SAMPLES }, (_, i) => i % CLASSES);
  const pixels = noise.map((value, at) =>
    rounded(value + patterns[labels[Math.floor(at / area)] * area + (at % area)]),
  );
  return { x: floats(pixels, [SAMPLES, 1, SIDE, SIDE]), target: ints(labels) };
}

interface Stack {
  channels: readonly number[];
  activation: string | null;
  /** Standard deviation of the weights, from fan-in and fan-out. */
  deviation: (inputs: number, outputs: number, layer: number) => number;
  stream: string;
  change?: (name: string, tensor: Tensor) => Tensor;
  normalized?: boolean;
}

/** 3 × 3 convolutions with an activation behind each, and a dense layer on all pixels. */
function convolutional({
  channels,
  activation,
  deviation,
  stream,
  change,
  normalized = false,
}: Stack): Trouble['graph'] {
  const initializers: Record<string, Tensor> = {};
  const nodes: SourceNode[] = [];
  const add = (name: string, tensor: Tensor) => (initializers[name] = change ? change(name, tensor) : tensor);
  let from = 'x';
  channels.slice(1).forEach((outputs, i) => {
    const name = `conv${i + 1}`;
    add(
      `${name}.weight`,
      normalTensor(`${stream} ${name}`, [outputs, channels[i], 3, 3], deviation(9 * channels[i], 9 * outputs, i)),
    );
    add(`${name}.bias`, floats(zeros(outputs)));
    nodes.push(node('Conv', `${from} ${name}.weight ${name}.bias`, `${name}.sum`, { pads: [1, 1, 1, 1] }));
    let sum = `${name}.sum`;
    if (normalized) {
      add(`${name}.scale`, filled([outputs], 1));
      add(`${name}.shift`, filled([outputs], 0));
      add(`${name}.mean`, normalTensor(`${stream} ${name} mean`, [outputs], 0.1));
      add(`${name}.variance`, filled([outputs], 2));
      nodes.push(
        node(
          'BatchNormalization',
          `${sum} ${name}.scale ${name}.shift ${name}.mean ${name}.variance`,
          `${name}.normal`,
        ),
      );
      sum = `${name}.normal`;
    }
    if (activation) nodes.push(node(activation, sum, `${name}.out`));
    from = activation ? `${name}.out` : sum;
  });
  const features = channels[channels.length - 1] * SIDE * SIDE;
  add('head.weight', normalTensor(`${stream} head`, [features, CLASSES], glorot(features, CLASSES)));
  add('head.bias', floats(zeros(CLASSES)));
  nodes.push(node('Flatten', from, 'features'), node('Gemm', 'features head.weight head.bias', 'y'));
  return { nodes, initializers, inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, SIDE, SIDE] }] };
}

const deep = (layers: number, width: number): number[] => [1, ...zeros(layers).map(() => width)];

export const healthyConvolutions = (): Trouble => ({
  says: 'three ReLU convolutions at He initialization',
  graph: convolutional({ channels: [1, 6, 6, 6], activation: 'Relu', deviation: he, stream: 'conv healthy' }),
  data: images('conv healthy'),
  options: LOSS,
  expect: HEALTHY,
});

export const deadChannels = (): Trouble => ({
  says: '3 of 8 channels have a bias of −60, below every sum of their inputs',
  graph: convolutional({
    channels: [1, 8, 6],
    activation: 'Relu',
    deviation: he,
    stream: 'conv dead',
    change: (name, tensor) => (name === 'conv1.bias' ? mapped(tensor, (_, at) => (at < 3 ? -60 : 0)) : tensor),
  }),
  data: images('conv dead'),
  options: LOSS,
  expect: { ...HEALTHY, 'dead-units': 'present' },
});

/** Every unit of the second layer is dead, and the last bias answers the frequencies of the classes, which are equal. */
export const allChannelsDead = (): Trouble => ({
  says: 'a whole convolution is dead: the gradient is zero at the chance loss',
  graph: convolutional({
    channels: [1, 6, 6],
    activation: 'Relu',
    deviation: he,
    stream: 'conv all dead',
    change: (name, tensor) => (name === 'conv2.bias' ? mapped(tensor, () => -200) : tensor),
  }),
  data: images('conv all dead'),
  options: LOSS,
  expect: { 'critical-point': 'present', 'flat-region': 'present', 'dead-units': 'present', saddle: 'not-present' },
});

/** A layer times 100 and the next divided by 100: biases are zero, so this is the same function. */
export const rescaledConvolutions = (): Trouble => ({
  says: 'healthy convolutions with layer 2 times 100 and layer 3 divided by 100',
  graph: convolutional({
    channels: [1, 6, 6, 6],
    activation: 'Relu',
    deviation: he,
    stream: 'conv healthy',
    change: (name, tensor) =>
      mapped(tensor, (value) =>
        name === 'conv2.weight' ? 100 * value : name === 'conv3.weight' ? value / 100 : value,
      ),
  }),
  data: images('conv healthy'),
  options: LOSS,
  expect: {
    rescaling: 'present',
    'flat-region': 'absent',
    'vanishing-gradient': 'absent',
    'exploding-gradient': 'absent',
    'dead-units': 'absent',
    symmetry: 'absent',
    'critical-point': 'absent',
    saddle: 'absent',
    minimum: 'absent',
  },
});

export const deepSigmoidConvolutions = (): Trouble => ({
  says: '10 sigmoid convolutions: each passes on at most a quarter of the gradient',
  graph: convolutional({ channels: deep(10, 4), activation: 'Sigmoid', deviation: glorot, stream: 'conv sigmoid' }),
  data: images('conv sigmoid'),
  options: LOSS,
  expect: {
    'vanishing-gradient': 'present',
    'exploding-gradient': 'absent',
    'flat-region': 'not-absent',
    saturation: 'absent',
  },
});

export const deepReluConvolutions = (): Trouble => ({
  says: '10 ReLU convolutions at He initialization',
  graph: convolutional({ channels: deep(10, 12), activation: 'Relu', deviation: he, stream: 'conv deep' }),
  data: images('conv deep'),
  options: LOSS,
  expect: {
    'vanishing-gradient': 'absent',
    'exploding-gradient': 'absent',
    initialization: 'absent',
    'critical-point': 'absent',
    saddle: 'absent',
    minimum: 'absent',
    rescaling: 'absent',
  },
});

export const smallConvolutions = (): Trouble => ({
  says: '10 ReLU convolutions at 0.35 times He: the mean square falls at least 8-fold per layer',
  graph: convolutional({
    channels: deep(10, 6),
    activation: 'Relu',
    deviation: (inputs) => 0.35 * he(inputs),
    stream: 'conv small',
  }),
  data: images('conv small'),
  options: LOSS,
  expect: { initialization: 'present', 'exploding-gradient': 'absent' },
});

export const duplicatedChannels = (): Trouble => ({
  says: 'channels 0, 1 and 2 of the first convolution are copies, in and out',
  graph: convolutional({
    channels: [1, 6, 6],
    activation: 'Tanh',
    deviation: glorot,
    stream: 'conv copies',
    change: (name, tensor) => {
      const source = (channel: number) => (channel < 3 ? 0 : channel);
      if (name === 'conv1.weight')
        return mapped(tensor, (_, at) => Number(tensor.data[9 * source(Math.floor(at / 9)) + (at % 9)]));
      if (name !== 'conv2.weight') return tensor;
      return mapped(tensor, (_, at) => {
        const [out, channel] = [Math.floor(at / 54), Math.floor(at / 9) % 6];
        return Number(tensor.data[54 * out + 9 * source(channel) + (at % 9)]);
      });
    },
  }),
  data: images('conv copies'),
  options: LOSS,
  expect: { ...HEALTHY, symmetry: 'present' },
});

export const batchNormalized = (): Trouble => ({
  says: 'batch normalization with running statistics between healthy convolutions',
  graph: convolutional({
    channels: [1, 6, 6, 6],
    activation: 'Relu',
    deviation: he,
    stream: 'conv norm',
    normalized: true,
  }),
  data: images('conv norm'),
  options: LOSS,
  expect: HEALTHY,
});

/** L depends on products of three weights and more: it falls at no order below the number of layers. */
export const linearConvolutionsAtZero = (): Trouble => ({
  says: 'three linear convolutions and the head at zero: gradient and Hessian vanish, the loss falls at fourth order',
  graph: convolutional({
    channels: [1, 3, 3, 3],
    activation: null,
    deviation: he,
    stream: 'conv zero',
    change: (_, tensor) => mapped(tensor, () => 0),
  }),
  data: images('conv zero'),
  options: LOSS,
  expect: { 'critical-point': 'present', minimum: 'not-present', saddle: 'not-absent' },
});

/** y = w₁·…·w₁₆·x with 1 × 1 kernels at 1, for the target x/2: flat below, a wall above. */
function product(factors: number): Pick<Trouble, 'graph' | 'data' | 'options'> {
  const names = Array.from({ length: factors }, (_, i) => `kernel${i + 1}`);
  const values = normals(SAMPLES * 4, 'product').map((value) => rounded(1 + 0.25 * Math.abs(value)));
  return {
    graph: {
      nodes: names.map((name, i) =>
        node('Conv', `${i === 0 ? 'x' : `h${i}`} ${name}`, i === factors - 1 ? 'y' : `h${i + 1}`),
      ),
      initializers: Object.fromEntries(names.map((name) => [name, filled([1, 1, 1], 1)])),
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1, 4] }],
    },
    data: {
      x: floats(values, [SAMPLES, 1, 4]),
      target: floats(
        values.map((value) => value / 2),
        [SAMPLES, 1, 4],
      ),
    },
    options: { loss: 'mse' },
  };
}

export const convolutionCliff = (): Trouble => ({
  says: 'product of 16 kernels at 1, target ½: flat below 0.8, a wall above 1.2',
  ...product(16),
  expect: { cliff: 'present', 'critical-point': 'absent', saddle: 'absent', minimum: 'absent' },
});

export const convolutionParabola = (): Trouble => ({
  says: 'one kernel of one weight: the loss is a parabola',
  ...product(1),
  expect: {
    cliff: 'absent',
    'ill-conditioning': 'absent',
    'critical-point': 'absent',
    saddle: 'absent',
    minimum: 'absent',
    'local-global': 'absent',
  },
});
