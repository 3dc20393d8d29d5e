import { describe } from 'vitest';
import { checkLowering, float } from '../../test/unit/checkLowering';
import { booleans, integers, normal } from '../../test/unit/checkRule';

/**
 * 3 queries of 4 keys, 2 heads of 4 features: ONNX Runtime keeps the factor of a matrix product in float32, also in
 * float64 graphs, so the factor is one that float32 holds exactly.
 */
const [query, key, value] = [normal([2, 3, 8]), normal([2, 4, 8]), normal([2, 4, 8])];
const heads = { q_num_heads: 2, kv_num_heads: 2 };

describe('Attention of opset 23', () => {
  const attend = (more: Partial<Parameters<typeof checkLowering>[0]>) =>
    checkLowering({ op: 'Attention', opset: 23, inputs: [query, key, value], ...more });

  attend({ attributes: heads });
  attend({ attributes: { ...heads, scale: float(0.25), softcap: float(2) } });
  attend({ attributes: { ...heads, is_causal: 1 } });
  attend({
    inputs: [query, key, value, normal([3, 4])],
    attributes: heads,
    about: 'a bias that may be learned',
  });
  attend({
    inputs: [query, key, value, booleans([1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 1, 0], [3, 4])],
    attributes: heads,
    about: 'a boolean mask',
  });
  attend({
    inputs: [query, key, value, integers([1, 0, -2, 0, 1, 1, 0, 0, 3, 1, 0, -1], [3, 4])],
    attributes: heads,
    about: 'integers that are added',
  });
  attend({
    inputs: [normal([2, 4, 3, 4]), normal([2, 2, 4, 4]), normal([2, 2, 4, 5])],
    about: 'two queries share a key; values of another size',
  });
});
