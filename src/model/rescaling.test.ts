import { expect, test } from 'vitest';
import { node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import type { UnitScaling } from './layers/structure';
import { weightRoles } from './layers/weights';
import { rescalingSentence, rescalingSymmetry } from './rescaling';

const slices = (parameter: string) => [{ parameter, outer: 1, inner: 4 }];
const scaling: UnitScaling = { units: 4, first: slices('w'), second: slices('v') };

test('names a pair of weights that cancel', () => {
  const found = rescalingSymmetry({ scalings: [scaling, scaling], weights: [] });
  expect(found.pairs[0]).toEqual({ first: 'w', second: 'v' });
  expect(rescalingSentence(found)).toContain(
    'multiplying the weights of «w» and dividing those of «v» by the same factor does not change the network (one of 2 places)',
  );
});

test('a normalization loses the scale before it', () => {
  const initializers = { w: weights('w', [4, 4]), scale: weights('scale', [4]), b: weights('b', [4]) };
  const nodes = [node('MatMul', 'x w', 'a'), node('LayerNormalization', 'a scale b', 'y')];
  const roles = weightRoles(sourceGraph({ nodes, initializers }), [{ name: 'w', shape: [4, 4] }]);
  const found = rescalingSymmetry({ scalings: [], weights: roles });
  expect(found.normalized).toEqual(['w']);
  expect(rescalingSentence(found)).toContain('«w» is lost in the normalization');
});

test('says nothing where every factor changes the network', () => {
  expect(rescalingSentence(rescalingSymmetry({ scalings: [], weights: [] }))).toBeNull();
});
