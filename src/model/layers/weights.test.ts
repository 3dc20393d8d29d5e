import { describe, expect, it } from 'vitest';
import { node, sourceGraph, weights } from '../../../test/unit/sourceGraph';
import type { SourceNode } from '../../graph/source';
import { weightRoles } from './weights';

function roles(nodes: readonly SourceNode[], shapes: Readonly<Record<string, readonly number[]>>) {
  const initializers = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, weights(name, shape)]));
  const found = weightRoles(
    sourceGraph({ nodes, initializers }),
    Object.entries(shapes).map(([name, shape]) => ({ name, shape })),
  );
  return Object.fromEntries(found.map((role) => [role.parameter, role]));
}

describe('fans', () => {
  it('of dense weights in every layout', () => {
    const { a, b, c } = roles(
      [
        node('MatMul', 'x a', 'p'),
        node('Gemm', 'p b', 'q', { transB: 1 }),
        node('Transpose', 'c', 'ct', { perm: [1, 0] }),
        node('MatMul', 'q ct', 'y'),
      ],
      { a: [4, 7], b: [5, 7], c: [3, 5] },
    );
    expect([a.fans, b.fans, c.fans]).toEqual([
      { in: 4, out: 7 },
      { in: 7, out: 5 },
      { in: 5, out: 3 },
    ]);
  });

  it('of convolutions count groups and places', () => {
    const { a, b, c } = roles(
      [
        node('Conv', 'x a', 'p'),
        node('Conv', 'p b', 'q', { group: 8 }),
        node('ConvTranspose', 'q c', 'y', { strides: [2, 2] }),
      ],
      { a: [8, 3, 3, 3], b: [8, 1, 5, 5], c: [8, 6, 4, 4] },
    );
    expect([a.kind, b.kind, c.kind]).toEqual(['convolution', 'depthwise', 'convolution']);
    expect([a.fans, b.fans, c.fans]).toEqual([
      { in: 27, out: 72 },
      { in: 25, out: 25 },
      { in: 32, out: 96 },
    ]);
  });

  it('of recurrent weights count one gate', () => {
    const { w, r } = roles([node('LSTM', 'x w r', 'y', { hidden_size: 5 })], { w: [1, 20, 3], r: [1, 20, 5] });
    expect([w.kind, w.fans, r.fans]).toEqual(['recurrent', { in: 3, out: 5 }, { in: 5, out: 5 }]);
  });
});

describe('what follows', () => {
  it('passes biases, activations and poolings, up to the next weights', () => {
    const { w, b, v } = roles(
      [
        node('Conv', 'x w', 'a'),
        node('Add', 'a b', 'c'),
        node('LeakyRelu', 'c', 'd', { alpha: 0.25 }),
        node('MaxPool', 'd', 'e'),
        node('Flatten', 'e', 'f'),
        node('Gemm', 'f v', 'y'),
      ],
      { w: [4, 1, 3, 3], b: [4, 1, 1], v: [16, 2] },
    );
    expect(w).toMatchObject({ activation: 'LeakyRelu', slope: 0.25, end: 'layer', next: 'v' });
    expect(b).toMatchObject({ kind: 'bias', fans: null });
    expect(v).toMatchObject({ activation: null, end: 'output' });
  });

  it('knows x·σ(x) as one activation', () => {
    const { w } = roles(
      [node('MatMul', 'x w', 'a'), node('Sigmoid', 'a', 's'), node('Mul', 'a s', 'b'), node('MatMul', 'b v', 'y')],
      { w: [4, 4], v: [4, 4] },
    );
    expect(w).toMatchObject({ activation: 'Swish', end: 'layer', next: 'v' });
  });

  it('knows GELU as exporters write it', () => {
    const { w } = roles(
      [
        node('MatMul', 'x w', 'a'),
        node('Div', 'a root', 'b'),
        node('Erf', 'b', 'c'),
        node('Add', 'c one', 'd'),
        node('Mul', 'a d', 'e'),
        node('Mul', 'e half', 'f'),
        node('MatMul', 'f v', 'y'),
      ],
      { w: [4, 4], v: [4, 4], root: [], one: [], half: [] },
    );
    expect(w).toMatchObject({ activation: 'Gelu', end: 'layer', next: 'v' });
  });

  it.each([
    ['a residual addition', [node('MatMul', 'x w', 'a'), node('Add', 'a x', 'y')], 'merge'],
    ['a normalization', [node('MatMul', 'x w', 'a'), node('LayerNormalization', 'a s', 'y')], 'normalization'],
    [
      'running statistics',
      [node('MatMul', 'x w', 'a'), node('BatchNormalization', 'a s s s s', 'y')],
      'batch normalization',
    ],
  ])('ends at %s', (_, nodes, end) => {
    expect(roles(nodes, { w: [4, 4], s: [4] }).w.end).toBe(end);
  });

  it('is left open where weights are read twice', () => {
    const nodes = [node('MatMul', 'x w', 'a'), node('Tanh', 'a', 't'), node('MatMul', 't w', 'y')];
    expect(roles(nodes, { w: [4, 4] }).w).toMatchObject({ end: 'other', next: null });
  });
});

it('tells projections of attention from other dense weights', () => {
  const { q, k, o } = roles(
    [
      node('MatMul', 'x q', 'a'),
      node('MatMul', 'x k', 'b'),
      node('Transpose', 'b', 'bt', { perm: [1, 0] }),
      node('MatMul', 'a bt', 's'),
      node('Softmax', 's', 'p'),
      node('MatMul', 'p o', 'y'),
    ],
    { q: [4, 4], k: [4, 4], o: [4, 4] },
  );
  expect([q.kind, k.kind, o.kind]).toEqual(['attention', 'attention', 'dense']);
});
