import { expect, it } from 'vitest';
import { node, sourceGraph } from '../../test/unit/sourceGraph';
import { ModelError } from '../lower/context';
import { uncomputable } from './uncomputable';

const nodes = [
  node('qonnx.Quant', 'x', 'a'),
  node('Relu', 'a', 'b'),
  node('qonnx.Quant', 'b', 'c'),
  node('Erfc', 'c', 'd'),
  node('brevitas.BipolarQuant', 'd', 'y'),
];

it('names every unknown node, of the same operator and of others', () => {
  const fault = new ModelError(nodes[0], 'Quant is not known.', 'Export without it.');
  const { what, where, action } = uncomputable(sourceGraph({ nodes, initializers: {} }), [fault]);
  expect(what).toContain('qonnx.Quant, brevitas.BipolarQuant');
  expect(where).toEqual(['Quant "Quant of a"', 'Quant "Quant of c"', 'BipolarQuant "BipolarQuant of y"']);
  expect(action).toBe('Export without it.');
});

it('repeats the message of the first node if there is only one operator', () => {
  const fault = new ModelError(nodes[3], 'Erfc is not known.');
  const { what, where } = uncomputable(sourceGraph({ nodes: [nodes[3]], initializers: {} }), [fault]);
  expect([what, where]).toEqual(['Erfc is not known.', ['Erfc "Erfc of d"']]);
});
