import { expect, test } from 'vitest';
import { readPeerAnswers, readPeerKernels } from '../bench/peers';

test('kernel times are read from the line that a peer prints', () => {
  const line =
    'mlp_digits       parameters   2138  loss     0.45  plane     0.61  gradient     1.10  hvp     1.75  hvp full     3.05  ggnvp     2.90';
  expect(readPeerKernels(line)).toEqual({
    loss: 0.45,
    plane: 0.61,
    gradient: 1.1,
    hvp: 1.75,
    'hvp full': 3.05,
    ggnvp: 2.9,
  });
  expect(readPeerKernels('Traceback (most recent call last):')).toBeNull();
});

test('answer times are read from the line that a peer prints', () => {
  const line =
    'mlp_digits       n   2138  loss 0.123456 (reference 0.123456)  top 5:    1.25 s,  93 products, error 1.2e-04   SLQ 10 x 100:    9.80 s   plane:    1.20 ms a point,     3.1 s for 51 x 51';
  expect(readPeerAnswers(line)).toEqual({ top5: 1.25, products: 93, error: 1.2e-4, slq: 9.8, plane: 3.1 });
  expect(readPeerAnswers('mlp_digits')).toBeNull();
});
