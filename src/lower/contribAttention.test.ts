import { describe } from 'vitest';
import type { OperatorCase } from '../../test/unit/checkLowering';
import { checkLowering, float } from '../../test/unit/checkLowering';
import type { Operand } from '../../test/unit/checkRule';
import { inside, integers, normal } from '../../test/unit/checkRule';

const int32 = (values: readonly number[], shape: readonly number[] = [values.length]): Operand => ({
  shape,
  values,
  dtype: 'int32',
});
const contrib = (op: string, inputs: OperatorCase['inputs'], more: Partial<OperatorCase> = {}) =>
  checkLowering({ op, domain: 'com.microsoft', inputs, ...more });

/** 2 sequences of 3 tokens; 2 heads of 4 features, whose factor 1/√4 float32 holds exactly. */
const [B, S, D] = [2, 3, 8];

describe('Attention of com.microsoft', () => {
  const attend = (more: OperatorCase['inputs'], options: Partial<OperatorCase> = {}) =>
    contrib('Attention', [inside([B, S, 5]), inside([5, 3 * D]), inside([3 * D]), ...more], {
      ...options,
      attributes: { num_heads: 2, ...options.attributes },
    });
  attend([]);
  attend([], { attributes: { unidirectional: 1 } });
  attend([], { attributes: { scale: float(0.25) } });
  attend([int32([2, 3])], { about: 'lengths' });
  attend([int32([2, 3, 1, 0])], { about: 'ends and starts' });
  attend([int32([1, 1, 0, 1, 0, 1], [B, S])], { about: 'a mask of keys', fed: [3] });
  attend([int32([1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1], [B, S, S])], { about: 'a mask of pairs' });
  attend([null, null, normal([1, 2, S, S])], { about: 'a learned bias of the scores' });
  attend([null, inside([2, B, 2, 2, 4])], { outputs: 2, attributes: { unidirectional: 1 }, about: 'a cache' });
});

describe('MultiHeadAttention of com.microsoft', () => {
  const attend = (inputs: OperatorCase['inputs'], options: Partial<OperatorCase> = {}) =>
    contrib('MultiHeadAttention', inputs, { ...options, attributes: { num_heads: 2, ...options.attributes } });
  const [query, key, value] = [normal([B, S, D]), normal([B, 4, D]), normal([B, 4, D])];
  attend([query, key, value]);
  attend([query, key, value, normal([3 * D])]);
  attend([query, key, value, null, int32([1, 1, 0, 1, 1, 0, 1, 1], [B, 4])], { about: 'a mask of keys' });
  attend([query, key, value, null, null, normal([1, 2, S, 4])], { about: 'a learned bias of the scores' });
  attend([query, normal([B, S, D]), normal([B, S, D])], { attributes: { unidirectional: 1 } });
  attend([query, normal([B, 2, 4, 4]), normal([B, 2, 4, 4])], { about: 'keys by heads, from another layer' });
});

describe('GroupQueryAttention of com.microsoft', () => {
  // The kernel wants heads of 8 features, whose 1/√8 float32 does not hold: the factor is named instead.
  const attend = (inputs: OperatorCase['inputs'], options: Partial<OperatorCase> = {}) =>
    contrib('GroupQueryAttention', inputs, {
      outputs: 3,
      constant: [7, 8],
      ...options,
      attributes: { num_heads: 2, kv_num_heads: 1, scale: float(0.25), ...options.attributes },
    });
  const [query, key, value] = [normal([B, S, 2 * D]), normal([B, S, D]), normal([B, S, D])];
  const lengths = [null, null, int32([2, 2]), int32([3], [])] as const;
  attend([query, key, value, ...lengths]);
  // With positions it wants 16 features.
  const wide = [inside([1, S, 32]), inside([1, S, 16]), inside([1, S, 16]), null, null, int32([2]), int32([3], [])];
  attend([...wide, normal([8, 8]), normal([8, 8])], { attributes: { do_rotary: 1 } });
  attend([normal([B, S, 4 * D]), null, null, ...lengths], { about: 'packed' });
  attend([query, key, value, ...lengths], { attributes: { local_window_size: 2 } });
});

describe('RotaryEmbedding of com.microsoft', () => {
  const caches = [normal([8, 2]), normal([8, 2])];
  contrib('RotaryEmbedding', [normal([B, S, D]), integers([2, 0, 1, 3, 4, 5], [B, S]), ...caches]);
  contrib('RotaryEmbedding', [normal([B, S, D]), integers([3]), ...caches], { attributes: { interleaved: 1 } });
  contrib('RotaryEmbedding', [normal([B, 2, S, 4]), integers([2, 0, 1, 3, 4, 5], [B, S]), ...caches]);
});
