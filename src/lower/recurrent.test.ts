import { afterAll, describe, expect, it } from 'vitest';
import type { OperatorCase } from '../../test/unit/checkLowering';
import { checkLowering, float, floats } from '../../test/unit/checkLowering';
import type { Operand } from '../../test/unit/checkRule';
import { inside, normal } from '../../test/unit/checkRule';
import { node } from '../../test/unit/sourceGraph';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { nodesOf } from '../graph/graph';
import { withQuickerForms } from '../graph/replay';
import type { Tensor } from '../graph/tensor';
import { tensor } from '../graph/tensor';
import { LowerContext } from './context';
import { recurrentLowerings } from './recurrent';

const [T, B, I, H] = [3, 2, 2, 2];
const lengths = (list: readonly number[]): Operand => ({ shape: [list.length], values: list, dtype: 'int32' });

/** Inputs X, W, R, B, sequence_lens, initial states, peepholes. */
function inputs(gates: number, directions: number, states: number, more: Partial<Record<number, Operand | null>> = {}) {
  const operands: (Operand | null)[] = [
    inside([T, B, I]),
    inside([directions, gates * H, I]),
    inside([directions, gates * H, H]),
    inside([directions, 2 * gates * H]),
    null,
    ...Array.from({ length: states }, () => inside([directions, B, H])),
  ];
  for (const [i, operand] of Object.entries(more)) operands[Number(i)] = operand ?? null;
  return operands;
}

const peepholes = (directions: number) => ({ 7: inside([directions, 3 * H]) });
const layer = (op: 'RNN' | 'GRU' | 'LSTM', operands: readonly (Operand | null)[], more: Partial<OperatorCase> = {}) =>
  checkLowering({
    op,
    inputs: operands,
    outputs: op === 'LSTM' ? 3 : 2,
    ...more,
    attributes: { hidden_size: H, ...more.attributes },
  });

describe('LSTM', () => {
  layer('LSTM', inputs(4, 1, 2));
  layer('LSTM', inputs(4, 1, 2, { 3: null, 5: null, 6: null }), { about: 'no bias, no initial states' });
  layer('LSTM', inputs(4, 1, 2), { attributes: { direction: 'reverse' } });
  layer('LSTM', inputs(4, 2, 2, peepholes(2)), { attributes: { direction: 'bidirectional' }, about: 'peepholes' });
  layer('LSTM', inputs(4, 2, 2, { 4: lengths([3, 1]) }), { attributes: { direction: 'bidirectional' } });
  layer('LSTM', inputs(4, 1, 2, { 4: lengths([2, 3]) }), { fed: [4], about: 'lengths from the data' });
  layer('LSTM', inputs(4, 1, 2, peepholes(1)), { attributes: { clip: float(0.2) }, withoutDerivative: true });
  layer('LSTM', inputs(4, 1, 2, peepholes(1)), { attributes: { input_forget: 1 } });
  layer('LSTM', inputs(4, 1, 2), {
    attributes: {
      activations: ['HardSigmoid', 'ScaledTanh', 'Affine'],
      activation_alpha: floats([0.3, 1.5, 0.8]),
      activation_beta: floats([0.4, 0.6, 0.1]),
    },
  });
  layer('LSTM', inputs(4, 2, 2), {
    attributes: {
      direction: 'bidirectional',
      activations: ['Sigmoid', 'Softsign', 'Elu', 'sigmoid', 'LeakyRelu', 'tanh'],
      activation_alpha: floats([0.7, 0.2]),
    },
    withoutDerivative: true,
    about: 'one activation takes α of the list, others none',
  });
  layer('LSTM', inputs(4, 1, 2), { outputs: ['', 'last'], about: 'only the last state' });
});

describe('GRU', () => {
  layer('GRU', inputs(3, 1, 1));
  layer('GRU', inputs(3, 1, 1, { 5: null }));
  layer('GRU', inputs(3, 1, 1), { attributes: { linear_before_reset: 1 } });
  layer('GRU', inputs(3, 1, 1, { 5: null }), { attributes: { linear_before_reset: 1, direction: 'reverse' } });
  layer('GRU', inputs(3, 1, 1, { 3: null }), { attributes: { linear_before_reset: 1 } });
  layer('GRU', inputs(3, 2, 1, { 4: lengths([1, 3]) }), { attributes: { direction: 'bidirectional' } });
  layer('GRU', inputs(3, 1, 1), { attributes: { clip: float(0.2) }, withoutDerivative: true });
  layer('GRU', inputs(3, 1, 1), { attributes: { activations: ['Sigmoid', 'Softplus'] } });
});

describe('RNN', () => {
  layer('RNN', inputs(1, 1, 1));
  layer('RNN', inputs(1, 2, 1, { 4: lengths([2, 3]) }), { attributes: { direction: 'bidirectional' } });
  layer('RNN', inputs(1, 1, 1), { attributes: { activations: ['Relu'], clip: float(0.3) }, withoutDerivative: true });
  layer('RNN', inputs(1, 1, 1), {
    attributes: { activations: ['ThresholdedRelu'], activation_alpha: floats([0.3]) },
    withoutDerivative: true,
  });
});

describe('without derivatives, the layers of the runtime are used', () => {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  afterAll(() => engine.dispose());
  const operators = (outputs: readonly Value[]) =>
    nodesOf(outputs)
      .map(({ op }) => op)
      .filter((op) => op !== 'Reshape');

  /** A bidirectional GRU, an LSTM upon it of which the last state is read, and their inputs. */
  function stacked() {
    const g = new GraphBuilder();
    const known = new Map<string, Tensor>();
    const input = (name: string, shape: readonly number[]) => {
      known.set(name, tensor('float32', shape, normal(shape).values));
      return g.input(name, 'float32', shape);
    };
    const lower = (op: string, x: Value, gates: number, directions: number, outputs: string) => {
      const weights = [x.shape[2], H].map((width, i) => input(`${op} ${i}`, [directions, gates * H, width]));
      const direction = directions === 2 ? 'bidirectional' : 'forward';
      const layer = node(op, 'x w r', outputs, { hidden_size: H, direction });
      return recurrentLowerings[op](new LowerContext(g, layer, [x, ...weights], 14)) as Value[];
    };
    const [first] = lower('GRU', input('x', [T, B, I]), 3, 2, 'y h');
    const together = g.reshape(g.transpose(first, [0, 2, 1, 3]), [T, B, 2 * H]);
    const [, last] = lower('LSTM', together, 4, 1, 'all last cell');
    return { g, known, first, last: g.tanh(g.reshape(last, [B, H])) };
  }

  it('for stacked layers with reshapes in between, with the same numbers', async () => {
    const { g, known, last } = stacked();
    const [whole] = withQuickerForms(g, [last]);
    expect(operators([whole])).toEqual(['Opaque', 'Transpose', 'Opaque', 'Tanh']);
    const inputs = Object.fromEntries(
      nodesOf([last]).flatMap((each) => each.inputs.flatMap((x) => (x.node ? [] : [[x.name!, x] as const]))),
    );
    const program = await engine.compile(g, { inputs, outputs: { last, whole }, constants: new Map() });
    const found = await program.run(Object.fromEntries(known));
    const [expected, actual] = [found.last, found.whole].map(({ data }) => Array.from(data as Float32Array));
    expect(actual.length).toBe(B * H);
    actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  });

  it('but not if a single step is read as well', () => {
    const { g, last, first } = stacked();
    const [step] = nodesOf([first]).find(({ op }) => op === 'Sigmoid')!.outputs;
    const found = operators(withQuickerForms(g, [last, step]));
    expect(found.filter((op) => op === 'Opaque' || op === 'Tanh').length).toBe(2 * T + 2);
  });

  it('and not with samples first, which the runtime does not support', () => {
    const g = new GraphBuilder();
    const inputs = [
      [B, T, I],
      [1, H, I],
      [1, H, H],
    ].map((shape, i) => g.input(`${i}`, 'float32', shape));
    const layer = node('RNN', 'x w r', 'y', { hidden_size: H, layout: 1 });
    recurrentLowerings.RNN(new LowerContext(g, layer, inputs, 14));
    expect(g.quicker).toEqual([]);
  });
});
