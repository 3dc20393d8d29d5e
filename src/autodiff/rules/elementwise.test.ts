import { describe } from 'vitest';
import { awayFromZero, booleans, checkRule, inside, normal, positive, values } from '../../../test/unit/checkRule';

describe('elementwise rules', () => {
  checkRule('Neg', [normal([2, 3])]);
  checkRule('Abs', [awayFromZero([2, 3])]);
  checkRule('Exp', [normal([2, 3])]);
  checkRule('Log', [positive([2, 3])]);
  checkRule('Sqrt', [positive([2, 3])]);
  checkRule('Reciprocal', [positive([2, 3])]);
  checkRule('Tanh', [normal([2, 3])]);
  checkRule('Tanh', [values([0, 20, -20])]); // 20: the saturated tail
  checkRule('Sigmoid', [normal([2, 3])]);
  checkRule('Sigmoid', [values([0, 40, -40])]);
  checkRule('Softplus', [normal([2, 3])]);
  checkRule('Softplus', [values([0, 40, -40])]);
  checkRule('Erf', [normal([2, 3])]);
  checkRule('Relu', [awayFromZero([4, 5])]);
  checkRule('Sin', [normal([3])]);
  checkRule('Cos', [normal([3])]);
  checkRule('Tan', [inside([3])]);
  checkRule('Asin', [inside([3])]);
  checkRule('Acos', [inside([3])]);
  checkRule('Atan', [normal([3])]);
  checkRule('Sinh', [normal([3])]);
  checkRule('Cosh', [normal([3])]);
  checkRule('Asinh', [normal([3])]);
  checkRule('Acosh', [values([1.5, 2, 3])]);
  checkRule('Atanh', [inside([3])]);

  checkRule('Add', [normal([2, 3]), normal([2, 3])]);
  checkRule('Add', [normal([3]), normal([2, 1, 3])]);
  checkRule('Add', [normal([]), normal([2, 3])]);
  checkRule('Sub', [normal([4, 1]), normal([3])]);
  checkRule('Mul', [normal([2, 3]), normal([1, 3])]);
  checkRule('Mul', [normal([2, 1, 3]), normal([4, 1])]);
  checkRule('Div', [normal([2, 3]), positive([3])]);
  checkRule('Pow', [positive([2, 3]), normal([3])]);
  checkRule('Pow', [positive([2, 3]), values([4])]);
  checkRule('Max', [values([1, 2, 3, -1]), values([2, 1, 0, -2])]);
  checkRule('Min', [values([1, 2, 3, -1], [4, 1]), values([2.5, 1.5])]);
  checkRule('Mod', [values([5.3, -5.3, 5.3, -5.3]), values([2, 2, -2, -2])]);
  checkRule('Mod', [values([5.3, -7.1, 0.4], [3, 1]), values([2, -3])]);
  checkRule('Where', [booleans([1, 0, 1]), normal([2, 3]), normal([3])]);
  checkRule('Cast', [normal([2, 3])], { to: 'float64' });
});
