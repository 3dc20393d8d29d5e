import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { filled, floats, node } from '../../../test/unit/sourceGraph';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { openObjective } from './openObjective';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-distributions-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SAMPLES = 3;
const CLASSES = 4;
const POSITIONS = 2;

/** softmax(z) of one row */
function softmax(z: readonly number[]): number[] {
  const top = Math.max(...z);
  const powers = z.map((v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

/** Rows that sum to 1; the first has a class with probability 0. */
const TARGETS = Array.from({ length: SAMPLES * POSITIONS }, (_, row) =>
  row === 0 ? [0, 0.25, 0.25, 0.5] : softmax([Math.sin(row), Math.cos(3 * row), 0.3 * row, -1]),
);
const X = Array.from({ length: SAMPLES * POSITIONS }, (_, row) =>
  Array.from({ length: CLASSES }, (__, c) => Math.sin(1 + row * CLASSES + c)),
);

/** −mean Σ t·log softmax(x), and its gradient by a bias of each class. */
function expected(rows: number) {
  const gradient = Array.from({ length: CLASSES }, () => 0);
  let loss = 0;
  for (let row = 0; row < rows; row++) {
    for (const [c, p] of softmax(X[row]).entries()) {
      loss -= (TARGETS[row][c] * Math.log(p)) / rows;
      gradient[c] += (p - TARGETS[row][c]) / rows;
    }
  }
  return { loss, gradient };
}

async function measured(parts: GraphParts, x: number[], target: number[], shape: number[], options: AnalysisOptions) {
  const data = { x: floats(x, shape), target: floats(target, shape) };
  const files = await modelFile(folder, parts, data);
  const opened = await openObjective(files.model, resolveOptions({ ...options, data: files.data, provider: 'cpu' }));
  try {
    const { loss } = await opened.objective.value();
    const gradient = Array.from(await opened.objective.gradient());
    return { function: opened.function, notes: opened.notes, loss, gradient };
  } finally {
    await opened.objective.dispose();
  }
}

/** [rows, C] → [N, C, positions] */
const classesSecond = (rows: number[][]): number[] =>
  Array.from({ length: SAMPLES }, (_, n) =>
    Array.from({ length: CLASSES }, (__, c) =>
      Array.from({ length: POSITIONS }, (___, p) => rows[n * POSITIONS + p][c]),
    ),
  ).flat(3);

const input = (shape: (string | number)[]) => [{ name: 'x', dtype: 'float32' as const, shape }];
const logits = (shape: number[]): GraphParts => ({
  nodes: [node('Add', 'x b', 'y')],
  initializers: { b: filled(shape, 0) },
});

describe('targets that are distributions over the classes', () => {
  it.each([
    ['logits', [] as ReturnType<typeof node>[], {}],
    ['Softmax', [node('Softmax', 'y', 'p', { axis: 1 })], {}],
    ['LogSoftmax', [node('LogSoftmax', 'y', 'p', { axis: 1 })], { loss: 'nll' as const }],
  ])('of one answer per sample, below %s', async (_, ending, options) => {
    const { nodes, initializers } = logits([CLASSES]);
    const parts = { nodes: [...nodes, ...ending], initializers, inputs: input(['n', CLASSES]) };
    const rows = SAMPLES * POSITIONS;
    const found = await measured(parts, X.flat(), TARGETS.flat(), [rows, CLASSES], options);
    const { loss, gradient } = expected(rows);
    expect(found.loss).toBeCloseTo(loss, 6);
    for (const [c, g] of gradient.entries()) expect(found.gradient[c]).toBeCloseTo(g, 6);
    expect(found.notes.join(' ')).toContain('The targets are distributions over the classes');
  });

  it('of positions, classes second', async () => {
    const { nodes, initializers } = logits([CLASSES, 1]);
    const parts = { nodes, initializers, inputs: input(['n', CLASSES, POSITIONS]) };
    const [x, target] = [classesSecond(X), classesSecond(TARGETS)];
    // The graph does not show the axis of the classes, but the sums of the targets along it do.
    const found = await measured(parts, x, target, [SAMPLES, CLASSES, POSITIONS], {});
    const { loss, gradient } = expected(SAMPLES * POSITIONS);
    expect(found.function).toBe('cross_entropy');
    expect(found.loss).toBeCloseTo(loss, 6);
    for (const [c, g] of gradient.entries()) expect(found.gradient[c]).toBeCloseTo(g, 6);
  });

  it('of positions, classes last', async () => {
    const { nodes, initializers } = logits([CLASSES]);
    const parts = { nodes, initializers, inputs: input(['n', POSITIONS, CLASSES]) };
    const found = await measured(parts, X.flat(), TARGETS.flat(), [SAMPLES, POSITIONS, CLASSES], {});
    const { loss, gradient } = expected(SAMPLES * POSITIONS);
    expect(found.function).toBe('cross_entropy');
    expect(found.loss).toBeCloseTo(loss, 6);
    for (const [c, g] of gradient.entries()) expect(found.gradient[c]).toBeCloseTo(g, 6);
  });

  it('that do not sum to 1 are refused where cross-entropy is asked for', async () => {
    const { nodes, initializers } = logits([CLASSES]);
    const parts = { nodes, initializers, inputs: input(['n', CLASSES]) };
    const doubled = TARGETS.flat().map((t) => 2 * t);
    const rows = SAMPLES * POSITIONS;
    await expect(measured(parts, X.flat(), doubled, [rows, CLASSES], { loss: 'cross_entropy' })).rejects.toThrow(
      'those of sample 0 sum to 2',
    );
    const { function: guessed } = await measured(parts, X.flat(), doubled, [rows, CLASSES], {});
    expect(guessed).toBe('mse');
  });
});
