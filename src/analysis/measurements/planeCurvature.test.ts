import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { AnalysisNote } from '../../protocol/worker';
import type { PlaneCurvature } from '../../report/sections/planeCurvature';
import type { AnalyzeHooks } from '../analyze';
import { analyze } from '../analyze';

const FOLDER = resolve(__dirname, '../../../test/fixtures/landscapes/plane-curvature');
const file = (name: string) => resolve(FOLDER, name);

interface Truth {
  plane: string;
  values: number[];
  points: { x: number; y: number; gradient_norm: number; lambda_min: number; lambda_max: number }[];
}
const truth = JSON.parse(readFileSync(file('truth.json'), 'utf8')) as Truth;

async function measured(hooks: AnalyzeHooks = {}): Promise<PlaneCurvature> {
  const options = { data: file('data.npz'), loss: 'cross_entropy', provider: 'cpu', threads: 1 } as const;
  const { planes } = await analyze(
    file('model.onnx'),
    { ...options, only: ['plane'], plane: [truth.plane], planeCurvature: truth.values.length },
    hooks,
  );
  return planes[0].curvature!;
}

it('agrees with the eigenvalues of a float64 Hessian at every point, within the stated errors', async () => {
  const { x, y, lambdaMax, lambdaMin, residualMax, residualMin, gradientNorm } = await measured();
  expect([x, y]).toEqual([truth.values, truth.values]);
  for (const point of truth.points) {
    const [i, j] = [y.indexOf(point.y), x.indexOf(point.x)];
    expect(Math.abs(lambdaMax[i][j] - point.lambda_max)).toBeLessThan(residualMax[i][j]);
    expect(Math.abs(lambdaMin[i][j] - point.lambda_min)).toBeLessThan(residualMin[i][j]);
    expect(Math.max(residualMax[i][j], residualMin[i][j])).toBeLessThan(2e-3 * point.lambda_max);
    expect(Math.abs(gradientNorm[i][j] / point.gradient_norm - 1)).toBeLessThan(1e-4);
  }
});

it('continues a run that was stopped, with the same figures', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'ridgeline-plane-'));
  try {
    const stop = new AbortController();
    const stopped = measured({
      cache,
      signal: stop.signal,
      onProgress: ({ detail = '' }) => detail.includes('4 of 9 points') && stop.abort(),
    });
    await expect(stopped).rejects.toThrow(stop.signal.reason as Error);
    const notes: AnalysisNote[] = [];
    const resumed = await measured({ cache, onNote: (note) => notes.push(note) });
    expect(notes.map(({ kind }) => kind)).toContain('continued');
    expect(resumed).toEqual(await measured());
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
});
