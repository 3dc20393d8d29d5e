import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelFile } from '../../../test/unit/modelFile';
import type { GraphParts } from '../../../test/unit/sourceGraph';
import { floats, ints, node, weights } from '../../../test/unit/sourceGraph';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import { inspectModel } from './inspectModel';
import { openObjective } from './openObjective';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-ask-'));
});
afterAll(() => rm(folder, { recursive: true }));

const initializers = {
  W: weights('W', [4, 3]),
  V: weights('V', [4, 3]),
  half: floats([0.5], []),
  two: floats([2], []),
};
const classes = { x: weights('x', [12, 4]), target: ints([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]) };
const yesNo = {
  x: weights('x', [12, 4]),
  target: floats(
    [...Array(36).keys()].map((i) => i % 2),
    [12, 3],
  ),
};

type Data = Parameters<typeof modelFile>[2];

async function opened(nodes: GraphParts['nodes'], data: Data, options: AnalysisOptions = {}, more = initializers) {
  const inputs = [{ name: 'x', dtype: 'float32' as const, shape: ['batch', ...data!.x.shape.slice(1)] }];
  const paths = await modelFile(folder, { nodes, initializers: more, inputs }, data);
  const found = await openObjective(
    paths.model,
    resolveOptions({ data: paths.data, provider: 'cpu', threads: 1, ...options }),
  );
  const { objective, reads, notes, curvature } = found;
  try {
    const vector = objective.theta.map((_, i) => Math.sin(i + 1));
    const [along] = await objective.products('gaussNewton', [vector]);
    const { loss } = await objective.value();
    return { function: found.function, loss, reads, notes, curvature, along };
  } finally {
    await objective.dispose();
  }
}

const layer = node('MatMul', 'x W', 'z');
/** The mean of two softmaxes, which the graph does not show to be probabilities. */
const ensemble = [
  layer,
  node('Softmax', 'z', 'p', { axis: 1 }),
  node('MatMul', 'x V', 'y'),
  node('Softmax', 'y', 'q', { axis: 1 }),
  node('Add', 'p q', 's'),
  node('Mul', 's half', 'o'),
];
/** Log-probabilities, doubled and halved as probabilities so that the graph does not show what they are. */
const hidden = [layer, node('LogSoftmax', 'z', 'l', { axis: 1 }), node('Exp', 'l', 'e'), node('Add', 'e e', 'a'), node('Mul', 'a half', 'b'), node('Log', 'b', 'o')]; // prettier-ignore

describe('numbers that are probabilities by their values', () => {
  /** −log of the mean of two softmaxes, in float64. */
  const closedForm = () => {
    const product = (w: Float32Array, row: number) =>
      [0, 1, 2].map((c) =>
        [0, 1, 2, 3].reduce((sum, f) => sum + (classes.x.data as Float32Array)[4 * row + f] * w[3 * f + c], 0),
      );
    const softmax = (z: number[]) =>
      z.map((each) => Math.exp(each) / z.reduce((sum, other) => sum + Math.exp(other), 0));
    const [first, second] = [initializers.W, initializers.V].map(({ data }) => data as Float32Array);
    const losses = Array.from({ length: 12 }, (_, row) => {
      const label = row % 3;
      return -Math.log((softmax(product(first, row))[label] + softmax(product(second, row))[label]) / 2);
    });
    return losses.reduce((sum, each) => sum + each, 0) / 12;
  };

  it('are read as such by a guessed loss, which says so first', async () => {
    const { function: loss, loss: value, notes, curvature, reads } = await opened(ensemble, classes);
    expect(loss).toBe('cross_entropy');
    expect(value).toBeCloseTo(closedForm(), 5);
    expect(reads).toBe('probabilities of «o»');
    expect(notes.find((note) => note.includes('sum to 1'))).toMatch(/12 samples.*they are probabilities, although/);
    expect(curvature).toBe('empiricalFisher');
  });

  it('are read as such by nll', async () => {
    expect((await opened(ensemble, classes, { loss: 'nll' })).loss).toBeCloseTo(closedForm(), 5);
  });

  it('stay logits where cross_entropy was asked for, with a note that names what to do', async () => {
    const { reads, notes } = await opened(ensemble, classes, { loss: 'cross_entropy' });
    expect(reads).toBe('logits of «o»');
    expect(notes.join('\n')).toMatch(/softmax of probabilities.*leave --loss out or choose --loss nll/);
  });

  it('are told of, not assumed, where they only lie between 0 and 1', async () => {
    const nodes = [layer, node('Sigmoid', 'z', 'p'), node('Mul', 'p p', 'o')];
    const { function: loss, notes } = await opened(nodes, yesNo);
    expect(loss).toBe('bce_with_logits');
    expect(notes.join('\n')).toMatch(/lie between 0 and 1.*choose --loss bce/);
  });
});

it('refuses bce of what is no probability', async () => {
  await expect(opened([layer], yesNo, { loss: 'bce' })).rejects.toThrow(/bce needs probabilities.*range from −?-?\d/);
});

it('takes the Fisher matrix of log-probabilities whose logits are hidden, and says where nll reads none', async () => {
  const plain = await opened([layer], classes, { loss: 'cross_entropy' });
  const found = await opened(hidden, classes, { loss: 'nll' });
  expect(found.curvature).toBe('fisher');
  expect(found.loss).toBeCloseTo(plain.loss, 5);
  found.along.forEach((value, i) => expect(value).toBeCloseTo(plain.along[i], 5));
  const numbers = await opened([layer], classes, { loss: 'nll' });
  expect(numbers.curvature).toBe('zero');
  expect(numbers.along.every((value) => value === 0)).toBe(true);
  expect(numbers.notes.join('\n')).toMatch(/do not sum to 1.*--loss cross_entropy/);
});

it.each([
  ['cross_entropy', 'fisher'],
  ['mse', 'gaussNewton'],
  ['mae', 'zero'],
  ['huber', 'gaussNewton'],
  ['bce_with_logits', 'fisher'],
] as const)('says what G is: %s, %s', async (loss, curvature) => {
  expect((await opened([layer], loss === 'cross_entropy' ? classes : yesNo, { loss })).curvature).toBe(curvature);
});

it('reads the output itself where the loss is one of values', async () => {
  const nodes = [layer, node('Sigmoid', 'z', 'o')];
  const { loss, reads } = await opened(nodes, yesNo, { loss: 'mse' });
  expect(reads).toBe('«o»');
  expect(loss).toBeLessThan(1);
});

describe('the axis of the classes', () => {
  const tokens = {
    x: weights('tokens', [6, 4, 4]),
    target: ints(
      [...Array(24).keys()].map((i) => (i * i) % 4),
      [6, 4],
    ),
  };
  const square = { ...initializers, W: weights('square', [4, 4]) };
  const over = (axis: number) => [layer, node('Softmax', 'z', 'o', { axis })];

  it('is that of the softmax, whatever else fits', async () => {
    const [first, last] = [await opened(over(1), tokens, {}, square), await opened(over(2), tokens, {}, square)];
    expect(first.loss).not.toBeCloseTo(last.loss, 3);
    expect([...first.notes, ...last.notes].join('\n')).not.toMatch(/--class-axis/);
    const found = await opened([layer], tokens, { loss: 'cross_entropy', classAxis: 1 }, square);
    expect(found.loss).toBeCloseTo(first.loss, 5);
    const end = await opened([layer], tokens, { loss: 'cross_entropy', classAxis: -1 }, square);
    expect(end.loss).toBeCloseTo(last.loss, 5);
  });

  it('is told where two fit and nothing decides', async () => {
    const { notes, loss } = await opened([layer], tokens, {}, square);
    expect(notes.join('\n')).toMatch(
      /fit classes on axis 1 and axis 2.*uses axis 2, where the last layer.*--class-axis 1/,
    );
    expect(loss).toBeCloseTo((await opened(over(2), tokens, {}, square)).loss, 5);
    const columns = [node('MatMul', 'x W', 'z'), node('Transpose', 'z', 'o', { perm: [0, 2, 1] })];
    expect((await opened(columns, tokens, {}, square)).notes.join('\n')).toMatch(/uses axis 1,/);
  });

  it.each([
    [0, /counts samples/],
    [3, /has 3 axes; there is no axis 3/],
    [-4, /no axis -4/],
  ])('cannot be %d', async (classAxis, message) => {
    await expect(opened([layer], tokens, { classAxis }, square)).rejects.toThrow(message);
  });

  it('has to leave the shape of the targets, and to mean something', async () => {
    const long = { x: weights('long', [6, 5, 4]), target: ints(Array<number>(30).fill(1), [6, 5]) };
    await expect(opened([layer], long, { loss: 'cross_entropy', classAxis: 1 }, square)).rejects.toThrow(
      /axis 1 of «z».*\[6, 4\] are needed; the targets are \[6, 5\]/,
    );
    await expect(opened([layer], yesNo, { loss: 'mse', classAxis: 1 })).rejects.toThrow(/no meaning for the loss mse/);
  });
});

describe('a model without targets', () => {
  const guess = async (nodes: GraphParts['nodes']) => {
    const inputs = [{ name: 'x', dtype: 'float32' as const, shape: ['batch', 4] }];
    const { model } = await modelFile(folder, { nodes, initializers, inputs });
    const resolved = resolveOptions({ data: 'generated', provider: 'cpu', threads: 1, samples: 6 });
    const inspection = await inspectModel(model, resolved);
    const analysis = await openObjective(model, resolved);
    await analysis.objective.dispose();
    expect(inspection.loss?.loss).toBe(analysis.function);
    return { reason: inspection.loss?.reason, notes: analysis.notes.join('\n'), loss: analysis.function };
  };

  it('is guessed alike by inspect and analyze', async () => {
    expect((await guess([layer, node('Softmax', 'z', 'o', { axis: 1 })])).loss).toBe('cross_entropy');
    expect((await guess([layer, node('LogSoftmax', 'z', 'o', { axis: 1 })])).loss).toBe('nll');
    expect((await guess([layer, node('Sigmoid', 'z', 'o')])).loss).toBe('bce');
  });

  it('is told by inspect where its classes are', async () => {
    const inputs = [{ name: 'x', dtype: 'float32' as const, shape: ['batch', 5, 4] }];
    const { model } = await modelFile(folder, { nodes: [layer], initializers, inputs });
    const reason = async (options: AnalysisOptions) =>
      (await inspectModel(model, resolveOptions(options))).loss?.reason;
    expect(await reason({})).toMatch(/classes on axis 2, where the last layer has its outputs/);
    expect(await reason({ classAxis: 1 })).toMatch(/classes on axis 1, as asked for/);
    await expect(reason({ classAxis: 5 })).rejects.toThrow(/no axis 5/);
  });

  it('is not taken for a classifier without a word', async () => {
    const { reason, notes } = await guess([layer]);
    expect(reason).toMatch(/read as classes; only targets would show whether they are/);
    expect(notes).toMatch(/nothing shows that the numbers of «z» are classes.*embedding/);
  });
});
