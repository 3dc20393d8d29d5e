import type { SourceNode } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { random } from '../../src/numerics/random';
import { glorot, zeros } from '../samples/parts';
import { filled, floats, ints, node } from '../unit/sourceGraph';
import type { Trouble } from './trouble';
import { HEALTHY, mapped, normalTensor } from './trouble';

const [SAMPLES, LENGTH, WIDTH, VOCABULARY] = [64, 6, 8, 12];
const LOSS = { loss: 'cross_entropy' } as const;

/** Random tokens, and for each the next class modulo the vocabulary as its target, so that there is something to learn. */
function tokens(stream: string, ignored: (sample: number, place: number) => boolean = () => false): Trouble['data'] {
  const source = random(0, 'troubles', stream);
  const ids = Array.from({ length: SAMPLES * LENGTH }, () => Math.floor(source.uniform() * VOCABULARY));
  const targets = ids.map((id, at) => (ignored(Math.floor(at / LENGTH), at % LENGTH) ? -100 : (id + 1) % VOCABULARY));
  return { ids: ints(ids, [SAMPLES, LENGTH]), target: ints(targets, [SAMPLES, LENGTH]) };
}

interface Blocks {
  blocks: number;
  stream: string;
  /** Whether the head is the table of embeddings, transposed. */
  tied?: boolean;
  change?: (name: string, tensor: Tensor) => Tensor;
  /** What bends the layers behind attention. */
  bend?: 'Gelu' | 'Relu';
  /** Added to the scores, [length, length]. */
  mask?: (query: number, key: number) => number;
  keyBias?: boolean;
}

/** Tokens → embedding → blocks of attention and GELU layers behind LayerNormalization, with residual connections → head. */
function transformer(request: Blocks): Trouble['graph'] {
  const {
    blocks,
    stream,
    tied = false,
    change = (_, tensor) => tensor,
    bend = 'Gelu',
    mask,
    keyBias = false,
  } = request;
  const initializers: Record<string, Tensor> = {};
  const nodes: SourceNode[] = [];
  const add = (name: string, tensor: Tensor) => (initializers[name] = change(name, tensor));
  const weight = (name: string, rows: number, columns: number) =>
    add(name, normalTensor(`${stream} ${name}`, [rows, columns], glorot(rows, columns)));
  const normal = (from: string, to: string) => {
    add(`${to}.scale`, filled([WIDTH], 1));
    add(`${to}.shift`, filled([WIDTH], 0));
    nodes.push(node('LayerNormalization', `${from} ${to}.scale ${to}.shift`, to, { axis: -1 }));
  };
  add('embedding', normalTensor(`${stream} embedding`, [VOCABULARY, WIDTH], tied ? 0.35 : 1));
  add('places', normalTensor(`${stream} places`, [LENGTH, WIDTH], 0.5));
  nodes.push(node('Gather', 'embedding ids', 'looked'), node('Add', 'looked places', 'stream0'));
  if (mask) {
    const places = Array.from({ length: LENGTH * LENGTH }, (_, i) => mask(Math.floor(i / LENGTH), i % LENGTH));
    initializers.mask = floats(places, [LENGTH, LENGTH]);
  }
  initializers.root = floats([Math.sqrt(WIDTH)], []);
  for (let i = 0; i < blocks; i++) {
    const at = `block${i}`;
    normal(`stream${i}`, `${at}.norm1`);
    for (const part of ['query', 'key', 'value']) {
      weight(`${at}.${part}.weight`, WIDTH, WIDTH);
      nodes.push(node('MatMul', `${at}.norm1 ${at}.${part}.weight`, `${at}.${part}`));
    }
    weight(`${at}.out.weight`, WIDTH, WIDTH);
    weight(`${at}.up.weight`, WIDTH, 2 * WIDTH);
    weight(`${at}.down.weight`, 2 * WIDTH, WIDTH);
    if (keyBias) add(`${at}.key.bias`, normalTensor(`${stream} ${at} key bias`, [WIDTH], 0.5));
    if (keyBias) nodes.push(node('Add', `${at}.key ${at}.key.bias`, `${at}.shifted`));
    nodes.push(
      node('Transpose', keyBias ? `${at}.shifted` : `${at}.key`, `${at}.turned`, { perm: [0, 2, 1] }),
      node('MatMul', `${at}.query ${at}.turned`, `${at}.products`),
      node('Div', `${at}.products root`, `${at}.scores`),
      ...(mask ? [node('Add', `${at}.scores mask`, `${at}.masked`)] : []),
      node('Softmax', mask ? `${at}.masked` : `${at}.scores`, `${at}.shares`, { axis: -1 }),
      node('MatMul', `${at}.shares ${at}.value`, `${at}.mixed`),
      node('MatMul', `${at}.mixed ${at}.out.weight`, `${at}.attended`),
      node('Add', `stream${i} ${at}.attended`, `${at}.middle`),
    );
    normal(`${at}.middle`, `${at}.norm2`);
    add(`${at}.up.bias`, floats(zeros(2 * WIDTH)));
    nodes.push(
      node('MatMul', `${at}.norm2 ${at}.up.weight`, `${at}.product`),
      node('Add', `${at}.product ${at}.up.bias`, `${at}.up`),
      node(bend, `${at}.up`, `${at}.bent`),
      node('MatMul', `${at}.bent ${at}.down.weight`, `${at}.down`),
      node('Add', `${at}.middle ${at}.down`, `stream${i + 1}`),
    );
  }
  normal(`stream${blocks}`, 'final');
  if (tied) nodes.push(node('Transpose', 'embedding', 'head', { perm: [1, 0] }), node('MatMul', 'final head', 'y'));
  else {
    weight('head.weight', WIDTH, VOCABULARY);
    add('head.bias', floats(zeros(VOCABULARY)));
    nodes.push(node('MatMul', 'final head.weight', 'logits'), node('Add', 'logits head.bias', 'y'));
  }
  return {
    nodes,
    initializers,
    inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', LENGTH] }],
    opsets: { '': 20 },
  };
}

export const healthyTransformer = (): Trouble => ({
  says: 'three transformer blocks at Glorot initialization',
  graph: transformer({ blocks: 3, stream: 'transformer' }),
  data: tokens('transformer'),
  options: LOSS,
  expect: HEALTHY,
});

export const saturatedAttention = (): Trouble => ({
  says: 'queries 100 times too large: attention chooses a single key for nearly every token',
  graph: transformer({
    blocks: 1,
    stream: 'transformer',
    change: (name, tensor) => (name.endsWith('query.weight') ? mapped(tensor, (value) => 100 * value) : tensor),
  }),
  data: tokens('transformer'),
  options: LOSS,
  expect: { saturation: 'present', 'numerical-trouble': 'absent', 'dead-units': 'absent' },
});

/** Only the head has a gradient, and it leads below chance: neither a plateau nor a gradient that vanishes with depth. */
export const zeroHead = (): Trouble => ({
  says: 'a transformer whose head is zero: the gradient below it is zero by structure, the head learns',
  graph: transformer({
    blocks: 2,
    stream: 'transformer',
    change: (name, tensor) => (name.startsWith('head') ? mapped(tensor, () => 0) : tensor),
  }),
  data: tokens('transformer'),
  options: LOSS,
  expect: {
    'vanishing-gradient': 'not-present',
    'exploding-gradient': 'not-present',
    'flat-region': 'absent',
    'critical-point': 'absent',
    symmetry: 'absent',
    initialization: 'absent',
    minimum: 'absent',
    saddle: 'absent',
  },
});

export const tiedEmbedding = (): Trouble => ({
  says: 'two blocks whose head is the table of embeddings',
  graph: transformer({ blocks: 2, stream: 'tied', tied: true }),
  data: tokens('tied'),
  options: LOSS,
  expect: HEALTHY,
});

export const ignoredLabels = (): Trouble => ({
  says: 'the same with a third of the tokens without a label',
  graph: transformer({ blocks: 2, stream: 'ignored' }),
  data: tokens('ignored', (sample, place) => (sample + place) % 3 === 0),
  options: LOSS,
  expect: HEALTHY,
});

/** A bias of the keys shifts every score of a query by the same number, which Softmax does not see: its gradient is 0. */
export const keyBiases = (): Trouble => ({
  says: 'biases of keys, whose gradient is zero by structure',
  graph: transformer({ blocks: 2, stream: 'key bias', keyBias: true }),
  data: tokens('key bias'),
  options: LOSS,
  expect: HEALTHY,
});

export const causalMask = (): Trouble => ({
  says: 'a causal mask of −∞, which is meant',
  graph: transformer({ blocks: 2, stream: 'causal', mask: (query, key) => (key > query ? -Infinity : 0) }),
  data: tokens('causal'),
  options: { ...LOSS, parameters: ['embedding', 'places', 'block*', 'final*', 'head*'] },
  expect: {
    'numerical-trouble': 'absent',
    'critical-point': 'absent',
    'vanishing-gradient': 'absent',
    'dead-units': 'absent',
  },
});

/** Softmax of a row of −∞ alone is 0/0. */
export const emptyRow = (): Trouble => ({
  says: 'a mask that leaves the first token nothing to look at: its attention is NaN',
  graph: transformer({ blocks: 1, stream: 'empty', mask: (query, key) => (key >= query ? -Infinity : 0) }),
  data: tokens('empty'),
  options: { ...LOSS, parameters: ['embedding', 'places', 'block*', 'final*', 'head*'] },
  expect: { 'numerical-trouble': 'present' },
});

export const deadTransformerUnits = (): Trouble => ({
  says: 'a transformer with ReLU layers, of which one has a bias of −40 on 6 of 16 units',
  graph: transformer({
    blocks: 2,
    stream: 'dead units',
    bend: 'Relu',
    change: (name, tensor) => (name === 'block1.up.bias' ? mapped(tensor, (_, at) => (at < 6 ? -40 : 0)) : tensor),
  }),
  data: tokens('dead units'),
  options: LOSS,
  expect: { ...HEALTHY, 'dead-units': 'present' },
});

/** Copies among the hidden units of a layer that is applied to every token. */
export const equalTransformerUnits = (): Trouble => ({
  says: 'units 0 to 3 of a layer behind attention are copies, in and out',
  graph: transformer({
    blocks: 2,
    stream: 'copies',
    change: (name, tensor) => {
      const source = (unit: number) => (unit < 4 ? 0 : unit);
      if (name === 'block0.up.weight')
        return mapped(tensor, (_, at) =>
          Number(tensor.data[2 * WIDTH * Math.floor(at / (2 * WIDTH)) + source(at % (2 * WIDTH))]),
        );
      if (name === 'block0.down.weight')
        return mapped(tensor, (_, at) => Number(tensor.data[WIDTH * source(Math.floor(at / WIDTH)) + (at % WIDTH)]));
      return tensor;
    },
  }),
  data: tokens('copies'),
  options: LOSS,
  expect: { ...HEALTHY, symmetry: 'present' },
});

/** The last token alone is answered; the depth is 10 layers of GELU behind normalizations. */
export const normalizedGelu = (): Trouble => {
  const layers = 10;
  const initializers: Record<string, Tensor> = {};
  const nodes: SourceNode[] = [];
  for (let i = 0; i < layers; i++) {
    const from = i === 0 ? 'x' : `layer${i - 1}`;
    const inputs = i === 0 ? 6 : 16;
    initializers[`w${i}`] = normalTensor(`gelu ${i}`, [inputs, 16], Math.sqrt(2 / inputs));
    initializers[`scale${i}`] = filled([16], 1);
    initializers[`shift${i}`] = filled([16], 0);
    nodes.push(
      node('MatMul', `${from} w${i}`, `sum${i}`),
      node('LayerNormalization', `sum${i} scale${i} shift${i}`, `norm${i}`, { axis: -1 }),
      node('Gelu', `norm${i}`, `layer${i}`),
    );
  }
  initializers.head = normalTensor('gelu head', [16, 4], glorot(16, 4));
  nodes.push(node('MatMul', `layer${layers - 1} head`, 'y'));
  const x = normalTensor('gelu x', [96, 6]);
  const labels = Array.from(
    { length: 96 },
    (_, i) => (Number(x.data[6 * i]) > 0 ? 1 : 0) + (Number(x.data[6 * i + 1]) > 0 ? 2 : 0),
  );
  return {
    says: '10 layers of LayerNormalization and GELU',
    graph: { nodes, initializers, inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 6] }], opsets: { '': 20 } },
    data: { x, target: ints(labels) },
    options: LOSS,
    // ‖g‖ is hardly above its standard error: whether the loss falls on other data is open.
    expect: { ...HEALTHY, 'critical-point': 'not-present', saddle: 'not-present' },
  };
};
