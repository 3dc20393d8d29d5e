import { expect, it } from 'vitest';
import { baseName, describeDirection } from './directions';

it.each([
  ['gradient', 'Along the gradient', 'unit gradient ∇L/‖∇L‖'],
  ['parameters', 'Along the weights', 'the weights θ'],
  ['random', 'Random direction, filter-normalized', 'random direction, filter-normalized'],
  ['random/none', 'Random direction, not normalized', 'random direction, not normalized'],
  [
    'random/biases',
    'Random direction, filter-normalized, biases included',
    'random direction, filter-normalized, biases included',
  ],
  ['random/weight', 'Random direction, scaled by each weight', 'random direction, scaled by each weight'],
  ['pca/1', 'Along principal axis 1 of the path', 'unit vector of principal axis 1 of the path'],
  ['top/1', 'Eigenvector of the largest λ', 'unit eigenvector of the largest λ'],
  ['bottom/2', 'Eigenvector of the 2nd smallest λ', 'unit eigenvector of the 2nd smallest λ'],
  ['top/12', 'Eigenvector of the 12th largest λ', 'unit eigenvector of the 12th largest λ'],
  ['to/models/b.onnx', 'Towards b.onnx', '(θ′ − θ), 1 is b.onnx'],
])('says what α multiplies along %s', (name, title, unit) => {
  expect(describeDirection(name)).toMatchObject({ title, unit });
});

it('takes the file from a path of either kind', () => {
  expect(baseName('C:\\models\\a.onnx')).toBe('a.onnx');
  expect(baseName('/models/a.onnx')).toBe('a.onnx');
});
