import { expect, it } from 'vitest';
import type { Plane } from '../../src/report/report';
import { modelPoints, topologyPoints } from './topologyPoints';

const plane: Plane = {
  x: { direction: 'to/models/b.onnx', values: [-1, 0, 1] },
  y: { direction: 'to/models/c.onnx', values: [-1, 0, 0.5] },
  loss: [
    [9, 9, 9],
    [9, 1, 9],
    [9, 9, 9],
  ],
  topology: {
    components: 1,
    threshold: 0.05,
    lasting: 2,
    minima: [
      { x: -1, y: 0, loss: 0.6, persistence: Infinity },
      { x: 1, y: 0, loss: 1.4, persistence: 1.1, barrier: { x: 0.1, y: 0, loss: 2.5 }, onEdge: true },
      { x: 0, y: 0, loss: 1, persistence: 0.06, error: 0.02, barrier: { x: 0, y: 0.5, loss: 1.06 } },
    ],
  },
};

it('marks minima that last beyond the threshold and their error, with their barriers', () => {
  const points = topologyPoints(plane);
  expect(points.map(({ kind, x, label }) => [kind, x, label])).toEqual([
    ['minimum', -1, '0.6'],
    ['minimum', 1, '1.4'],
    ['barrier', 0.1, '2.5'],
  ]);
  expect(points[0].text).toContain('the lowest of its region');
  expect(points[1].text).toContain('on the edge of the plane');
});

it('marks nothing where the topology was not measured', () => {
  expect(topologyPoints({ ...plane, topology: undefined })).toEqual([]);
});

it('marks the model, and the other models that the axes reach', () => {
  const points = modelPoints(plane);
  expect(points.map(({ kind, label }) => [kind, label])).toEqual([
    ['centre', undefined],
    // The other axis ends at 0.5, before its model.
    ['model', 'b.onnx'],
  ]);
  expect(points[0].text).toEqual(['the model itself', 'loss 1']);
});
