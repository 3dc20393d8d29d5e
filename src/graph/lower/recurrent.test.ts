import { describe } from 'vitest';
import type { OperatorCase } from '../../../test/unit/checkLowering';
import { checkLowering, float, floats } from '../../../test/unit/checkLowering';
import type { Operand } from '../../../test/unit/checkRule';
import { inside } from '../../../test/unit/checkRule';

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
