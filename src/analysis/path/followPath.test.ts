import { copyFile, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { floats, node, weights } from '../../../test/unit/sourceGraph';
import { gaussianVector, random } from '../../numerics/random';
import { symmetricEigen } from '../../numerics/symmetric';
import type { AnalysisOptions } from '../../options/options';
import type { AnalysisNote } from '../../protocol/worker';
import { followPath } from './followPath';

/*
 * Gradient descent on the mean square of X·w − t, so that every figure has a closed form: H = 2/N·XᵀX everywhere.
 */
const [SAMPLES, DIM, STEPS, RATE] = [30, 4, 12, 0.02];
const drawn = gaussianVector(SAMPLES * (DIM + 1), random(0, 'regression'));
const X = Array.from({ length: SAMPLES }, (_, i) =>
  Array.from({ length: DIM }, (_, k) => Math.fround((1 + k) * drawn[i * DIM + k])),
);
const T = Array.from(drawn.slice(SAMPLES * DIM));

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, v, i) => sum + v * b[i], 0);
const norm = (a: readonly number[]) => Math.sqrt(dot(a, a));
const minus = (a: readonly number[], b: readonly number[]) => a.map((v, i) => v - b[i]);
const residuals = (w: readonly number[]) => X.map((row, i) => dot(row, w) - T[i]);
const lossAt = (w: readonly number[]) => dot(residuals(w), residuals(w)) / SAMPLES;
const gradientAt = (w: readonly number[]) =>
  w.map((_, k) => (2 / SAMPLES) * residuals(w).reduce((sum, r, i) => sum + r * X[i][k], 0));
const hessian = Array.from({ length: DIM }, (_, a) =>
  Array.from({ length: DIM }, (_, b) => (2 / SAMPLES) * X.reduce((sum, row) => sum + row[a] * row[b], 0)),
);
const LAMBDA = symmetricEigen(hessian).values;

const descent: number[][] = [[1, -1, 2, 0.5]];
while (descent.length < STEPS) {
  const w = descent[descent.length - 1];
  descent.push(w.map((v, k) => Math.fround(v - RATE * gradientAt(w)[k])));
}

/** Some of the steps, as a training run saves them. */
const SAVED = [0, 1, 2, 4, 9, 11];
const saved = SAVED.map((step) => descent[step]);

let folder: string;
let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'ridgeline-cache-'));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-path-'));
  return () => rm(folder, { recursive: true });
});
afterAll(() => rm(cache, { recursive: true }));

async function checkpoint(name: string, w: readonly number[], wide = false): Promise<void> {
  const parts: GraphParts = wide
    ? {
        nodes: [node('MatMul', 'x w', 'h'), node('MatMul', 'h v', 'y')],
        initializers: { w: weights('w', [4, 3]), v: weights('v', [3, 1]) },
      }
    : { nodes: [node('MatMul', 'x w', 'y')], initializers: { w: floats(w, [DIM, 1]) } };
  const { model } = await modelFile(folder, parts, {
    x: floats(X.flat(), [SAMPLES, DIM]),
    target: floats(T, [SAMPLES, 1]),
  });
  await rename(model, join(folder, name));
}

async function follow(options: AnalysisOptions = {}, { places = [folder], ...hooks }: Hooks = {}) {
  const data = join(folder, 'data.npz');
  return followPath(places, { data, loss: 'mse', provider: 'cpu', threads: 1, preset: 'quick', ...options }, hooks);
}

interface Hooks {
  places?: string[];
  cache?: string;
  signal?: AbortSignal;
  onNote?: (note: AnalysisNote) => void;
  onPartial?: () => void;
}

describe('the path of a gradient descent', () => {
  it('has the figures of the closed form, step by step', async () => {
    for (const step of SAVED) await checkpoint(`ckpt_${step}.onnx`, descent[step]);
    const { path, planes, complete } = await follow({ learningRate: RATE, exact: true });
    const { checkpoints, pca, edgeOfStability } = path!;
    expect(complete).toBe(true);
    expect(checkpoints.map(({ step }) => step)).toEqual(SAVED);
    const last = saved[saved.length - 1];
    for (const [i, { loss, gradientNorm, lambdaMax, lambdaMin, distance }] of checkpoints.entries()) {
      expect(loss).toBeCloseTo(lossAt(saved[i]), 5);
      expect(gradientNorm! / norm(gradientAt(saved[i]))).toBeCloseTo(1, 3);
      expect(lambdaMax! / LAMBDA[DIM - 1]).toBeCloseTo(1, 5);
      expect(lambdaMin! / LAMBDA[0]).toBeCloseTo(1, 4);
      expect(distance).toBeCloseTo(norm(minus(saved[i], last)), 6);
    }
    expect(edgeOfStability).toMatchObject({ twoOverRate: 2 / RATE, bound: 2 / RATE });

    // The plane is that of the covariance, which is small enough to form here.
    const mean = last.map((_, k) => saved.reduce((sum, w) => sum + w[k], 0) / saved.length);
    const rows = saved.map((w) => minus(w, mean));
    const { values, vectors } = symmetricEigen(
      last.map((_, a) => last.map((_, b) => rows.reduce((s, r) => s + r[a] * r[b], 0))),
    );
    const total = values.reduce((a, b) => a + b, 0);
    expect(pca!.explained[0]).toBeCloseTo(values[DIM - 1] / total, 6);
    const axes = [vectors[DIM - 1], vectors[DIM - 2]].map((vector) => Array.from(vector));
    for (const [i, w] of saved.entries()) {
      const [x, y] = axes.map((axis) => dot(minus(w, last), axis));
      expect(Math.abs(pca!.coordinates[i][0])).toBeCloseTo(Math.abs(x), 5);
      const projected = last.map((v, k) => v + x * axes[0][k] + y * axes[1][k]);
      expect(pca!.lossOnPlane[i]).toBeCloseTo(lossAt(projected), 4);
    }
    const [plane] = planes;
    expect([plane.x.direction, plane.y.direction]).toEqual(['pca/1', 'pca/2']);
    const [xs, ys] = [0, 1].map((k) => pca!.coordinates.map((point) => point[k]));
    expect(plane.x.values[0]).toBeLessThan(Math.min(...xs));
    expect(plane.y.values.at(-1)).toBeGreaterThan(Math.max(...ys));
    expect(plane.loss[plane.y.values.indexOf(0)][plane.x.values.indexOf(0)]).toBeCloseTo(lossAt(last), 5);
  });

  it('is judged: no sharpening of a constant Hessian, and a gradient that shrinks', async () => {
    for (const step of SAVED) await checkpoint(`ckpt_${step}.onnx`, descent[step]);
    const { diagnostics } = await follow({ learningRate: 1.01 * (2 / LAMBDA[DIM - 1]) });
    const verdicts = new Map(diagnostics.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts.get('progressive-sharpening')).toBe('absent');
    expect(verdicts.get('edge-of-stability-path')).toBe('present');
    expect(verdicts.get('edge-of-stability')).toBe('present');
    expect(verdicts.has('persistent-gradient')).toBe(true);
  });
});

describe('a path', () => {
  it('goes on past a checkpoint whose weights are NaN, and says so', async () => {
    await checkpoint('e1.onnx', descent[0]);
    await checkpoint('e2.onnx', [NaN, 1, 1, 1]);
    await checkpoint('e3.onnx', descent[2]);
    await checkpoint('e4.onnx', [1, 1, 1, Infinity]);
    const { path, warnings, model } = await follow();
    const { checkpoints, pca, centre } = path!;
    expect(checkpoints.map(({ loss }) => Number.isNaN(loss))).toEqual([false, true, false, true]);
    expect(checkpoints[1].notFinite?.what).toMatch(/e2\.onnx are NaN or ∞/);
    expect(pca!.coordinates.map(([x]) => Number.isNaN(x))).toEqual([false, true, false, true]);
    expect(centre).toBe(2);
    expect(checkpoints[2].distance).toBe(0);
    expect(model.path).toMatch(/e3\.onnx$/);
    expect(warnings.join('\n')).toMatch(/«e2\.onnx», «e4\.onnx»: weights are NaN or ∞.*start from «e3\.onnx»/);
  });

  it('costs one more measurement for one more file, and continues where it was stopped', async () => {
    for (const i of [0, 1, 2, 3]) await checkpoint(`s${i}.onnx`, descent[i]);
    const stop = new AbortController();
    let partials = 0;
    const stopped = follow({}, { cache, signal: stop.signal, onPartial: () => ++partials === 2 && stop.abort() });
    await expect(stopped).rejects.toThrow(/abort/i);
    const notes: string[] = [];
    const onNote = ({ text }: AnalysisNote) => notes.push(text);
    await follow({}, { cache, onNote });
    expect(notes).toContain('Found the figures of 2 of 4 checkpoints, measured earlier.');
    await checkpoint('s10.onnx', descent[10]);
    const { path } = await follow({ learningRate: 0.3 }, { cache, onNote });
    expect(notes).toContain('Found the figures of 4 of 5 checkpoints, measured earlier.');
    expect(path!.checkpoints.map(({ step }) => step)).toEqual([0, 1, 2, 3, 10]);
  });

  it('leaves out files without a place in it, and names equal checkpoints', async () => {
    for (const i of [1, 2, 3]) await checkpoint(`e${i}.onnx`, descent[i]);
    await copyFile(join(folder, 'e3.onnx'), join(folder, 'e4.onnx'));
    await copyFile(join(folder, 'e2.onnx'), join(folder, 'best.onnx'));
    const { path, warnings } = await follow();
    expect(path!.checkpoints).toHaveLength(4);
    expect(warnings.join('\n')).toMatch(/«best\.onnx» is left out: its name has no number/);
    expect(warnings.join('\n')).toMatch(/«e3\.onnx» and «e4\.onnx» hold the same weights/);
  });

  it('of one checkpoint, of two and of equal ones has no plane', async () => {
    await checkpoint('e1.onnx', descent[0]);
    const one = await follow();
    expect(one).toMatchObject({ planes: [], path: { checkpoints: [{ distance: 0 }] } });
    expect(one.warnings.join('\n')).toMatch(/One checkpoint makes no path/);
    await checkpoint('e2.onnx', descent[1]);
    const two = await follow();
    expect(two.path!.pca!.explained).toEqual([1]);
    // All of the way lies on the line, so its losses are those of the checkpoints.
    expect(two.path!.pca!.lossOnPlane[0]).toBeCloseTo(lossAt(descent[0]), 4);
    expect([two.planes.length, two.lines.map(({ direction }) => direction)]).toEqual([0, ['pca/1']]);
    await copyFile(join(folder, 'e2.onnx'), join(folder, 'e1.onnx'));
    const equal = await follow();
    expect(equal.path!.pca).toBeUndefined();
  });

  it('of other networks is refused in one message that names them', async () => {
    for (const i of [1, 2, 3]) await checkpoint(`e${i}.onnx`, descent[i]);
    await checkpoint('e4.onnx', [], true);
    await checkpoint('other.onnx', [], true);
    await expect(follow()).rejects.toThrow(
      /2 files of 5 are no checkpoints of the same network[^]*e4\.onnx: [^]*other\.onnx: /,
    );
    await expect(follow()).rejects.not.toThrow(/e1\.onnx/);
  });

  it('whose weights are all NaN is refused', async () => {
    for (const i of [1, 2]) await checkpoint(`e${i}.onnx`, [NaN, 0, 0, 0]);
    await expect(follow()).rejects.toThrow(/every checkpoint are NaN/);
  });
});
