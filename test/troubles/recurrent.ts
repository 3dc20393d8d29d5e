import type { Tensor } from '../../src/graph/tensor';
import { hadamard, normals, rounded, zeros } from '../samples/parts';
import { floats, ints, node } from '../unit/sourceGraph';
import type { Trouble } from './trouble';
import { mapped, normalTensor } from './trouble';

const [STEPS, SAMPLES, SIZE] = [20, 64, 4];
type Cell = 'RNN' | 'LSTM' | 'GRU';
/** Gates in ONNX's order: LSTM i, o, f, c; GRU z, r, h. */
const GATES: Record<Cell, number> = { RNN: 1, LSTM: 4, GRU: 3 };

/** Half a Hadamard matrix: orthogonal, of norm 1. */
const orthogonal = (gain: number): number[] =>
  Array.from({ length: SIZE * SIZE }, (_, at) => (gain * hadamard(Math.floor(at / SIZE), at % SIZE)) / 2);

interface Recurrent {
  cell: Cell;
  steps?: number;
  /** Recurrent matrices, one per gate. */
  recurrence: readonly (readonly number[])[];
  /** Bias of each gate. */
  biases: readonly number[];
  /** Scale of the weights that read the input, by gate. */
  fromInput: readonly number[];
  activation?: string;
  /** What the input is: normal numbers at every step, or at the first one only, of this size. */
  inputs: { every: boolean; size: number };
  attributes?: Readonly<Record<string, number>>;
  /** Whether every state is answered, or the last one only. */
  everyStep?: boolean;
}

/** x [batch, steps, 1] → cell → the last state, or every state → one answer each. */
function recurrent(request: Recurrent): Pick<Trouble, 'graph' | 'data' | 'options'> {
  const {
    cell,
    steps = STEPS,
    recurrence,
    biases,
    fromInput,
    activation,
    inputs,
    attributes = {},
    everyStep = false,
  } = request;
  const gates = GATES[cell];
  const signs = normals(SIZE, 'recurrent', 'input weights').map((value) => rounded(value));
  const bias = [...biases.flatMap((value) => zeros(SIZE).map(() => value)), ...zeros(gates * SIZE)];
  const values = normals(SAMPLES * steps, 'recurrent', 'inputs').map((value, at) =>
    inputs.every || at % steps === 0 ? inputs.size * value : 0,
  );
  // What is to be answered depends on the inputs, so that the gradient is more than chance.
  const answer = (sample: number, step: number) => rounded(1 + values[sample * steps + step] / inputs.size);
  const targets = everyStep
    ? values.map((_, at) => answer(Math.floor(at / steps), at % steps))
    : Array.from({ length: SAMPLES }, (_, sample) => answer(sample, inputs.every ? steps - 1 : 0));
  const initializers: Record<string, Tensor> = {
    W: floats(
      fromInput.flatMap((scale) => signs.map((value) => scale * value)),
      [1, gates * SIZE, 1],
    ),
    R: floats(recurrence.flat(), [1, gates * SIZE, SIZE]),
    B: floats(bias, [1, 2 * gates * SIZE]),
    axis: ints([everyStep ? 1 : 0]),
    V: normalTensor('recurrent answer', [SIZE, 1]),
  };
  const own = { hidden_size: SIZE, ...attributes };
  const more: Parameters<typeof node>[3] =
    activation === undefined ? own : { ...own, activations: { kind: 'strings', value: [activation] } };
  return {
    graph: {
      nodes: [
        node('Transpose', 'x', 'sequence', { perm: [1, 0, 2] }),
        node(cell, 'sequence W R B', everyStep ? 'states' : '. last', more),
        node('Squeeze', `${everyStep ? 'states' : 'last'} axis`, 'state'),
        ...(everyStep
          ? [node('Transpose', 'state', 'ordered', { perm: [1, 0, 2] }), node('MatMul', 'ordered V', 'y')]
          : [node('MatMul', 'state V', 'y')]),
      ],
      initializers,
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', steps, 1] }],
    },
    data: {
      x: floats(values, [SAMPLES, steps, 1]),
      target: floats(targets, everyStep ? [SAMPLES, steps, 1] : [SAMPLES, 1]),
    },
    options: { loss: 'mse' },
  };
}

const none = orthogonal(0);
const OPEN = {
  'critical-point': 'absent',
  saddle: 'absent',
  minimum: 'absent',
  'numerical-trouble': 'absent',
} as const;
const KEEPS = { ...OPEN, 'vanishing-over-time': 'absent', 'exploding-over-time': 'absent' } as const;

/** f = σ(−3) = 0.047 and no other way back: 0.047¹⁹. */
export const lstmForgets = (): Trouble => ({
  says: 'an LSTM whose forget gate is nearly closed keeps 0.047 of the cell per step',
  ...recurrent({
    cell: 'LSTM',
    recurrence: [none, none, none, none],
    biases: [0, 0, -3, 0],
    fromInput: [1, 1, 0, 1],
    inputs: { every: true, size: 1 },
  }),
  expect: { ...OPEN, 'vanishing-over-time': 'present', 'exploding-over-time': 'absent' },
});

export const lstmKeeps = (): Trouble => ({
  says: 'the same with an open forget gate, σ(4) = 0.98',
  ...recurrent({
    cell: 'LSTM',
    recurrence: [none, none, none, none],
    biases: [0, 0, 4, 0],
    fromInput: [1, 1, 0, 1],
    inputs: { every: true, size: 0.25 },
  }),
  expect: { ...KEEPS, saturation: 'not-present' },
});

export const lstmSaturated = (): Trouble => ({
  says: 'weights 60 times too large drive gates and candidates of an LSTM into their tails',
  ...recurrent({
    cell: 'LSTM',
    recurrence: [none, none, none, none],
    biases: [0, 0, 0, 0],
    fromInput: [60, 60, 60, 60],
    inputs: { every: true, size: 1 },
  }),
  expect: { saturation: 'present' },
});

export const gruForgets = (): Trouble => ({
  says: 'a GRU with an update gate σ(−4) = 0.018 and no recurrence in its candidate',
  ...recurrent({
    cell: 'GRU',
    recurrence: [none, none, none],
    biases: [-4, 0, 0],
    fromInput: [0, 1, 1],
    inputs: { every: true, size: 1 },
  }),
  expect: { ...OPEN, 'vanishing-over-time': 'present', 'exploding-over-time': 'absent' },
});

export const gruKeeps = (): Trouble => ({
  says: 'a GRU with an update gate σ(4) = 0.98',
  ...recurrent({
    cell: 'GRU',
    recurrence: [none, none, none],
    biases: [4, 0, 0],
    fromInput: [0, 1, 1],
    inputs: { every: true, size: 1 },
  }),
  expect: KEEPS,
});

/** With z ≈ 0 and r ≈ 1 the state is multiplied by 4 per step: 4⁹ = 262,144. The first is 2⁻²⁴, so that tanh stays linear. */
export const gruExplodes = (): Trouble => ({
  says: 'a GRU whose candidate multiplies small states by 4 per step',
  ...recurrent({
    cell: 'GRU',
    steps: 10,
    recurrence: [none, none, orthogonal(4)],
    biases: [-9, 9, 0],
    fromInput: [0, 0, 1],
    inputs: { every: false, size: 2 ** -24 },
    attributes: { linear_before_reset: 1 },
  }),
  expect: {
    'exploding-over-time': 'present',
    'vanishing-over-time': 'absent',
    'critical-point': 'not-present',
    'flat-region': 'not-present',
  },
});

/** Every step has an answer, so each state has a gradient of its own; what comes back from the last one vanishes. */
export const tanhEveryStep = (): Trouble => ({
  says: 'an orthogonal tanh RNN on small states with an answer at every step: gain 1',
  ...recurrent({
    cell: 'RNN',
    recurrence: [orthogonal(1)],
    biases: [0],
    fromInput: [0.1],
    activation: 'Tanh',
    inputs: { every: true, size: 0.5 },
    everyStep: true,
  }),
  expect: KEEPS,
});

export const reluExplodes = (): Trouble => ({
  says: 'a ReLU RNN of gain 1.6 on every step',
  ...recurrent({
    cell: 'RNN',
    recurrence: [Array.from({ length: SIZE * SIZE }, (_, at) => (at % (SIZE + 1) === 0 ? 1.6 : 0))],
    biases: [0.01],
    fromInput: [0],
    activation: 'Relu',
    inputs: { every: true, size: 1 },
  }),
  expect: { 'exploding-over-time': 'present', 'vanishing-over-time': 'absent' },
});

/** Small sequences; what is to be answered is the sum of both ends, and 1. */
function bidirectionalData(): Trouble['data'] {
  const x = normalTensor('bidirectional x', [SAMPLES, STEPS, 1], 0.5);
  const ends = Array.from({ length: SAMPLES }, (_, i) =>
    [0, STEPS - 1].map((step) => Number(x.data[i * STEPS + step])),
  );
  return {
    x,
    target: floats(
      ends.map(([first, last]) => 1 + first + last),
      [SAMPLES, 1],
    ),
  };
}

/** Forward the gain is 0.5 per step, backward 1. The loss reads the last state of each direction. */
export const bidirectional = (): Trouble => ({
  says: 'a bidirectional tanh RNN on small states: 0.5 per step forward, 1 backward',
  graph: {
    nodes: [
      node('Transpose', 'x', 'sequence', { perm: [1, 0, 2] }),
      node('RNN', 'sequence W R', '. last', {
        hidden_size: SIZE,
        direction: 'bidirectional',
        activations: { kind: 'strings', value: ['Tanh', 'Tanh'] },
      }),
      node('Transpose', 'last', 'states', { perm: [1, 0, 2] }),
      node('Flatten', 'states', 'both'),
      node('MatMul', 'both V', 'y'),
    ],
    initializers: {
      W: normalTensor('bidirectional W', [2, SIZE, 1], 0.125),
      R: floats([...orthogonal(0.5), ...orthogonal(1)], [2, SIZE, SIZE]),
      V: normalTensor('bidirectional V', [2 * SIZE, 1]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', STEPS, 1] }],
  },
  data: bidirectionalData(),
  options: { loss: 'mse' },
  expect: { ...OPEN, 'vanishing-over-time': 'present', 'exploding-over-time': 'absent' },
});

export const gruSaturated = (): Trouble => ({
  says: 'weights 60 times too large drive gates and candidates of a GRU into their tails',
  ...recurrent({
    cell: 'GRU',
    recurrence: [none, none, none],
    biases: [0, 0, 0],
    fromInput: [60, 60, 60],
    inputs: { every: true, size: 1 },
  }),
  expect: { saturation: 'present' },
});

/** A tanh RNN as an exporter writes its loop out: one product with R per step. Gain 0.5 and less. */
export const writtenLoop = (): Trouble => {
  const x = normalTensor('written x', [SAMPLES, STEPS, SIZE], 0.25);
  const index = Object.fromEntries(zeros(STEPS).map((_, t) => [`t${t}`, ints([t], [])]));
  return {
    says: 'an RNN written out step by step, with an orthogonal matrix times 0.5',
    graph: {
      nodes: zeros(STEPS).flatMap((_, t) => [
        node('Gather', `x t${t}`, `x${t}`, { axis: 1 }),
        node('MatMul', `x${t} W`, `in${t}`),
        ...(t === 0
          ? [node('Tanh', 'in0', 'h0')]
          : [
              node('MatMul', `h${t - 1} R`, `back${t}`),
              node('Add', `in${t} back${t}`, `sum${t}`),
              node('Tanh', `sum${t}`, `h${t}`),
            ]),
        ...(t === STEPS - 1 ? [node('MatMul', `h${t} V`, 'y')] : []),
      ]),
      initializers: {
        ...index,
        W: normalTensor('written W', [SIZE, SIZE], 0.5),
        R: floats(orthogonal(0.5), [SIZE, SIZE]),
        V: normalTensor('written V', [SIZE, 1]),
      },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', STEPS, SIZE] }],
    },
    data: {
      x,
      target: floats(
        Array.from({ length: SAMPLES }, (_, i) => 1 + Number(x.data[(i * STEPS + STEPS - 1) * SIZE])),
        [SAMPLES, 1],
      ),
    },
    options: { loss: 'mse' },
    expect: { ...OPEN, 'vanishing-over-time': 'present', 'exploding-over-time': 'absent' },
  };
};

/** Units 0 and 1 of a GRU are copies: the same rows of W, R and B, equal columns of R, the same outgoing weight. */
export const equalGruUnits = (): Trouble => {
  const same = Array.from({ length: SIZE * SIZE }, (_, at) => {
    const [row, column] = [Math.floor(at / SIZE), at % SIZE].map((unit) => Math.max(unit, 1));
    return 0.5 * rounded(hadamard(row, column) / 2);
  });
  const model = recurrent({
    cell: 'GRU',
    recurrence: [same, same, same],
    biases: [0, 0, 0],
    fromInput: [1, 1, 1],
    inputs: { every: true, size: 1 },
  });
  const copied = (tensor: Tensor) =>
    mapped(tensor, (value, at) => (at % SIZE === 0 ? Number(tensor.data[at + 1]) : value));
  const { W, V } = model.graph.initializers;
  return {
    says: 'two units of a GRU are copies, in, out and between them',
    ...model,
    graph: { ...model.graph, initializers: { ...model.graph.initializers, W: copied(W), V: copied(V) } },
    expect: { symmetry: 'present', 'exploding-over-time': 'absent' },
  };
};

/** One kernel is applied 16 times: L(w) = (w¹⁶ − ½)²·mean x² is flat below 0.8 and a wall above 1.2. */
export const tiedCliff = (): Trouble => {
  const values = normals(SAMPLES, 'tied cliff').map((value) => rounded(1 + 0.25 * Math.abs(value)));
  return {
    says: 'one weight applied 16 times in a row, at 1, target ½',
    graph: {
      nodes: Array.from({ length: 16 }, (_, i) =>
        node('MatMul', `${i === 0 ? 'x' : `h${i}`} w`, i === 15 ? 'y' : `h${i + 1}`),
      ),
      initializers: { w: floats([1], [1, 1]) },
      inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', 1] }],
    },
    data: {
      x: floats(values, [SAMPLES, 1]),
      target: floats(
        values.map((value) => value / 2),
        [SAMPLES, 1],
      ),
    },
    options: { loss: 'mse' },
    expect: { cliff: 'present', 'critical-point': 'absent', minimum: 'absent', saddle: 'absent' },
  };
};
