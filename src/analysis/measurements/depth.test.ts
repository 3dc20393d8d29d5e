import { expect, it } from 'vitest';
import { quadratic } from '../../../test/unit/closedFormObjective';
import type { InsideFigures, Objective } from '../../objective/objective';
import type { Report } from '../../report/report';
import { Draft } from '../draft';
import { depth } from './depth';
import type { Context } from './measurement';

const start = { model: { parameterCount: 1, parameters: [] }, warnings: [], diagnostics: [], lines: [], planes: [] };

async function measured(inside: Objective['inside']): Promise<Report> {
  const draft = new Draft(start as unknown as Report);
  const objective = { ...quadratic([[1]], [1]), inside };
  await depth.measure({ objective, draft } as unknown as Context);
  return draft.report;
}

it('writes depth, time and units, and leaves out what is not known', async () => {
  const layer = { units: 2, meanSquare: 1, variance: 1, relativeGradient: 1 };
  const figures: InsideFigures = {
    trunk: true,
    depths: [
      { ...layer, layer: 'a', depth: 1, gradientNorm: 1 },
      { ...layer, layer: 'b', depth: 2, gradientNorm: 2 },
    ],
    activations: [
      { layer: 'a', kind: 'rectifier', operator: 'ReLU', units: 2, dead: 1, largest: [3, 0], flat: 0.6 },
      { layer: 'c', kind: 'rectifier', operator: 'ReLU', units: 2, dead: 0, largest: [3, 1], flat: 0.2 },
      { layer: 'b', kind: 'bounded', operator: 'tanh', units: null, dead: null, flat: 0.1 },
    ],
    sequences: [{ layer: 'r', steps: [0, 1, 2], norms: [1, 2, 4], carried: null, matrix: null }],
  };
  const { dynamics } = await measured(() => Promise.resolve(figures));
  expect(dynamics!.depth!.map(({ gain }) => gain)).toEqual([0.5, undefined]);
  expect(dynamics!.depthFit).toEqual({ trunk: true, zero: [] });
  expect(dynamics!.time).toContainEqual({ layer: 'r', step: 2, norm: 4 });
  expect(dynamics!.timeFits).toEqual([]);
  expect(dynamics!.units).toEqual([
    { layer: 'a', kind: 'rectifier', operator: 'ReLU', units: 2, dead: 1, zero: 0.6, largest: [3, 0] },
    { layer: 'c', kind: 'rectifier', operator: 'ReLU', units: 2, dead: 0, zero: 0.2 },
    { layer: 'b', kind: 'bounded', operator: 'tanh', saturated: 0.1 },
  ]);
});

it('says in the report that it could not be measured', async () => {
  const { warnings, dynamics } = await measured(() => Promise.reject(new Error('out of memory')));
  expect(warnings).toEqual(['The gradient by depth and time was not measured: out of memory']);
  expect(dynamics).toBeUndefined();
});
