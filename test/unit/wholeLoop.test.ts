import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import type { SourceInput, SourceNode, SourceSubgraph } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { scalar } from '../../src/graph/tensor';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { openObjective } from '../../src/objective/open/openObjective';
import type { AnalysisOptions } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { floats, ints, node } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-loop-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const subgraph = (nodes: SourceNode[], outputs: string[], inputs: string[] = []) => ({
  kind: 'graph' as const,
  value: {
    nodes,
    initializers: new Map<string, Tensor>(),
    inputs: inputs.map((name) => ({ name, type: 'float32', dtype: null, shape: null })),
    outputs: outputs.map((name) => ({ name, type: 'float32', dtype: null, shape: null })),
  } satisfies SourceSubgraph,
});

const x = [1, 2, -3, 1, 0.5, 0, 20, -1];
const target = [1, 0, -1, 2, 3, 3, 10, 0];
const data = { x: floats(x, [4, 2]), target: floats(target, [4, 2]) };
const inputs: SourceInput[] = [{ name: 'x', dtype: 'float32', shape: ['N', 2] }];
const [w, u, b] = [
  [1.5, 0.5],
  [2, 1.5],
  [0.25, -0.5],
];

const growing = [
  node('Mul', 'h u', 'grown'),
  node('Add', 'grown b', 'k'),
  node('ReduceSumSquare', 'k', 'size', { keepdims: 0 }),
  node('LessOrEqual', 'size limit', 'on'),
];

/** Starts from h = x·w and repeats h ← h·u + b until ‖h‖² > 100. The body captures u, b and the limit. */
function doubling(change: Partial<GraphParts> = {}, trips = ''): GraphParts {
  return {
    nodes: [
      node('Mul', 'x w', 'start'),
      node('Loop', `${trips || '.'} yes start`, 'y', { body: subgraph(growing, ['on', 'k'], ['i', 'c', 'h']) }),
    ],
    inputs,
    ...change,
    initializers: {
      yes: scalar('bool', 1),
      limit: scalar('float32', 100),
      w: floats(w),
      u: floats(u),
      b: floats(b),
      ...change.initializers,
    },
  };
}

interface Weights {
  w: readonly number[];
  u: readonly number[];
  b: readonly number[];
}

/** Mean squared error over samples and features, computed from the definition of the loop above. */
function expectedLoss({ w, u, b }: Weights, most = Infinity): number {
  let sum = 0;
  for (let n = 0; n < 4; n++) {
    let h = [0, 1].map((i) => x[2 * n + i] * w[i]);
    for (let step = 0, on = true; on && step < most; step++) {
      h = h.map((value, i) => value * u[i] + b[i]);
      on = h[0] ** 2 + h[1] ** 2 <= 100;
    }
    sum += (h[0] - target[2 * n]) ** 2 + (h[1] - target[2 * n + 1]) ** 2;
  }
  return sum / 8;
}

const plain: AnalysisOptions = { provider: 'cpu', threads: 1 };

async function opened(parts: GraphParts, more: AnalysisOptions = {}, fed: Readonly<Record<string, Tensor>> = data) {
  const files = await modelFile(folder, parts, fed);
  const parameters = ['w', 'u', 'b'].filter((name) => name in parts.initializers);
  return openObjective(files.model, resolveOptions({ ...plain, data: files.data, loss: 'mse', parameters, ...more }));
}

async function lossOf(parts: GraphParts, more: AnalysisOptions = {}): Promise<{ loss: number; batchSize: number }> {
  const { objective, batchSize } = await opened(parts, more);
  try {
    return { loss: (await objective.value()).loss, batchSize };
  } finally {
    await objective.dispose();
  }
}

const body = (nodes: SourceNode[], outputs = ['on', 'k']) => subgraph(nodes, outputs, ['i', 'c', 'h']);
const loop = (operands: string, nodes: SourceNode[]) => node('Loop', operands, 'y', { body: body(nodes) });
const start = node('Mul', 'x w', 'start');

describe('a Loop without a limit whose end depends on the data', () => {
  it.each([undefined, 1, 2, 4])('gives the loss of its definition with --batch %s', async (batch) => {
    const { loss, batchSize } = await lossOf(doubling(), batch ? { batch } : {});
    expect(batchSize).toBe(1);
    expect(loss / expectedLoss({ w, u, b })).toBeCloseTo(1, 5);
  });

  it('gives the right losses on lines and planes', async () => {
    const { objective } = await opened(doubling());
    try {
      const names = objective.parameters.map(({ name }) => name);
      const directions = [
        [0.1, -0.2, 0.03, 0.05, 0.2, 0.1],
        [-0.05, 0.1, -0.1, 0.02, 0.3, -0.2],
      ];
      const points = [-1, 0, 1.5].flatMap((alpha) => [-0.5, 2].map((beta) => ({ alpha, beta })));
      const [d1, d2] = directions.map((direction) => Float32Array.from(direction));
      const losses = await objective.plane(d1, d2, points);
      for (const [p, { alpha, beta }] of points.entries()) {
        const moved = objective.theta.map((value, i) => value + alpha * d1[i] + beta * d2[i]);
        const at = (name: string) => [...moved.slice(2 * names.indexOf(name), 2 * names.indexOf(name) + 2)];
        const weights = { w: at('w'), u: at('u'), b: at('b') };
        expect(losses[p].loss / expectedLoss(weights)).toBeCloseTo(1, 5);
        const { loss } = await lossOf(
          doubling({ initializers: { w: floats(weights.w), u: floats(weights.u), b: floats(weights.b) } }),
        );
        expect(losses[p].loss / loss).toBeCloseTo(1, 6);
      }
    } finally {
      await objective.dispose();
    }
  });

  it('is inspected and analysed, and both say why nothing is differentiated', async () => {
    const { model, data: file } = await modelFile(folder, doubling(), data);
    const found = await inspectModel(model, resolveOptions({}));
    expect(found.refused).toBeNull();
    expect(found.unsupported).toEqual([
      {
        node: 'Loop of y',
        operator: 'Loop',
        reason: expect.stringContaining('data or weights decide how often it runs'),
      },
    ]);
    const report = await analyze(model, { ...plain, data: file, loss: 'mse', preset: 'quick', fresh: true });
    expect(report.objective!.loss / expectedLoss({ w, u, b })).toBeCloseTo(1, 5);
    expect([report.lines.length, report.planes.length, report.gradient]).toEqual([1, 1, undefined]);
    expect(report.warnings.join(' ')).toContain('its result is NaN if 10,000 steps do not end it');
  });

  it('gives NaN after 10,000 steps rather than a number that looks right', async () => {
    const endless = doubling({ initializers: { limit: scalar('float32', Infinity), u: floats([0.5, 0.5]) } });
    const { objective } = await opened(endless);
    try {
      const [{ loss }] = await objective.plane(new Float32Array(6), null, [{ alpha: 0, beta: 0 }]);
      expect(loss).toBeNaN();
    } finally {
      await objective.dispose();
    }
  });
});

describe('a Loop with a limit', () => {
  it('ends at the limit even if it has too many steps to unroll', async () => {
    const limited = doubling({ initializers: { most: scalar('int64', 300), u: floats([0.5, 0.5]) } }, 'most');
    expect((await lossOf(limited)).loss).toBeCloseTo(expectedLoss({ w, u: [0.5, 0.5], b }, 300), 4);
  });

  it('that the data determine runs that many steps', async () => {
    const counted: GraphParts = doubling({
      nodes: [
        start,
        node('ReduceMax', 'x', 'largest', { keepdims: 0 }),
        node('Ceil', 'largest', 'whole'),
        node('Cast', 'whole', 'count', { to: 7 }),
        loop('count . start', [...growing.slice(0, 2), node('Identity', 'c', 'on')]),
      ],
    });
    let sum = 0;
    for (let n = 0; n < 4; n++) {
      const row = x.slice(2 * n, 2 * n + 2);
      let h = row.map((value, i) => value * w[i]);
      for (let step = 0; step < Math.ceil(Math.max(...row)); step++) h = h.map((value, i) => value * u[i] + b[i]);
      sum += h.reduce((all, value, i) => all + (value - target[2 * n + i]) ** 2, 0);
    }
    const { loss, batchSize } = await lossOf(counted);
    expect(batchSize).toBe(1);
    expect(loss / (sum / 8)).toBeCloseTo(1, 5);
  });
});

describe('the body of a Loop that is not unrolled', () => {
  it('may hold branches, loops and operators of an old operator set', async () => {
    // The inner loop halves r until r ≤ 1/2. The branch adds b in even steps and nothing in odd ones.
    const inner = [node('Mul', 'r half', 'q'), node('Greater', 'q half', 'more')];
    const nested = doubling({
      nodes: [
        start,
        loop('. yes start', [
          node('Squeeze', 'sizes', 'one', { axes: [0] }),
          node('Loop', '. yes one', 'rest', { body: subgraph(inner, ['more', 'q'], ['j', 'd', 'r']) }),
          node('Mul', 'h u', 'bare'),
          node('Mul', 'bare rest', 'scaled'),
          node('Mod', 'i two', 'odd'),
          node('Equal', 'odd none', 'even'),
          node('If', 'even', 'k', {
            then_branch: subgraph([node('Add', 'scaled b', 'kb')], ['kb']),
            else_branch: subgraph([node('Identity', 'scaled', 'ks')], ['ks']),
          }),
          node('ReduceSumSquare', 'k', 'size', { keepdims: 0 }),
          node('Greater', 'limit size', 'on'),
        ]),
      ],
      initializers: {
        half: scalar('float32', 0.5),
        sizes: floats([6]),
        two: scalar('int64', 2),
        none: scalar('int64', 0),
        u: floats([4, 3]),
      },
      opsets: { '': 11 },
    });
    let sum = 0;
    for (let n = 0; n < 4; n++) {
      let h = [0, 1].map((i) => x[2 * n + i] * w[i]);
      for (let step = 0, on = true; on; step++) {
        h = h.map((value, i) => value * [4, 3][i] * (6 / 16) + (step % 2 === 0 ? b[i] : 0));
        on = h[0] ** 2 + h[1] ** 2 < 100;
      }
      sum += (h[0] - target[2 * n]) ** 2 + (h[1] - target[2 * n + 1]) ** 2;
    }
    expect((await lossOf(nested)).loss / (sum / 8)).toBeCloseTo(1, 5);
  });
});

describe('a Loop that starts from the weights', () => {
  /** Starts from s = w and repeats s ← s/2 until Σs ≤ 1; then y = x·s. */
  const halving = [
    node('Mul', 'h half', 'k'),
    node('ReduceSum', 'k', 'sum', { keepdims: 0 }),
    node('Greater', 'sum one', 'on'),
  ];
  const constants = { half: scalar('float32', 0.5), one: scalar('float32', 1) };
  const before = [node('ReduceSum', 'w', 'total', { keepdims: 0 }), node('Greater', 'total one', 'large')];

  it('runs whole batches if only weights decide when it ends', async () => {
    const parts = doubling({
      nodes: [...before, node('Loop', '. large w', 's', { body: body(halving) }), node('Mul', 'x s', 'y')],
      initializers: constants,
    });
    // The weights 1.5 and 0.5 need one halving.
    const expected = x.reduce((sum, v, i) => sum + (v * (w[i % 2] / 2) - target[i]) ** 2, 0) / 8;
    const { loss, batchSize } = await lossOf(parts);
    expect(batchSize).toBe(4);
    expect(loss / expected).toBeCloseTo(1, 5);
  });

  it.each(['five', '.'])('runs samples one at a time if the data decide too, with the limit %s', async (most) => {
    const parts = doubling({
      nodes: [
        ...before,
        node('Loop', `${most} large w`, 's', {
          body: body([
            ...halving.slice(0, 1),
            node('Mul', 'k x', 'kx'),
            node('ReduceSum', 'kx', 'sum', { keepdims: 0 }),
            node('Greater', 'sum one', 'on'),
          ]),
        }),
        node('Mul', 'x s', 'y'),
      ],
      initializers: { ...constants, five: scalar('int64', 5), one: scalar('float32', 0.5) },
    });
    let sum = 0;
    for (let n = 0; n < 4; n++) {
      const row = x.slice(2 * n, 2 * n + 2);
      let s = w;
      for (let step = 0, on = true; on && (most === '.' || step < 5); step++) {
        s = s.map((value) => value / 2);
        on = row[0] * s[0] + row[1] * s[1] > 0.5;
      }
      sum += row.reduce((all, v, i) => all + (v * s[i] - target[2 * n + i]) ** 2, 0);
    }
    const { loss, batchSize } = await lossOf(parts);
    expect(batchSize).toBe(1);
    expect(loss / (sum / 8)).toBeCloseTo(1, 5);
  });
});

it('the body of a Loop that is not unrolled may hold operators that only the runtime knows', async () => {
  const inverted = doubling({
    nodes: [
      start,
      loop('. yes start', [
        node('Mul', 'h u', 'grown'),
        node('Add', 'grown b', 'plain'),
        node('Reshape', 'plain matrices', 'm'),
        node('com.microsoft.Inverse', 'm', 'inverse'),
        node('com.microsoft.Inverse', 'inverse', 'again'),
        node('Reshape', 'again rows', 'k'),
        ...growing.slice(2),
      ]),
    ],
    initializers: { matrices: ints([-1, 1, 1]), rows: ints([-1, 2]) },
    opsets: { '': 17, 'com.microsoft': 1 },
  });
  expect((await lossOf(inverted)).loss / expectedLoss({ w, u, b })).toBeCloseTo(1, 5);
});

describe('the following are refused if they depend on the data', () => {
  it.each<[string, GraphParts, RegExp]>([
    [
      'a Loop that collects a value of each step',
      doubling({
        nodes: [start, node('Loop', '. yes start', 'y all', { body: body(growing, ['on', 'k', 'k']) })],
        outputs: ['y'],
      }),
      /data decide how often Loop runs, and it collects a value of each step/,
    ],
    [
      'a Loop whose state grows',
      doubling({
        nodes: [
          start,
          loop('. yes start', [
            ...growing.slice(0, 1),
            node('Concat', 'grown grown', 'k', { axis: 0 }),
            ...growing.slice(2),
          ]),
        ],
      }),
      /a step turns carried value 1 from float32 \[2, 2\] into float32 \[4, 2\]/,
    ],
    [
      'an If with branches of different shapes',
      branches([node('ReduceMax', 'x', 'm', { keepdims: 0 }), node('Greater', 'm limit', 'large')]),
      /The result of If is \[1, 2\] or \[1, 4\], depending on the data/,
    ],
  ])('%s', async (_, parts, message) => {
    await expect(opened(parts)).rejects.toThrow(message);
  });
});

/** y = x·w if `large` is true, else [x·w x·w]. */
function branches(deciding: SourceNode[]): GraphParts {
  return {
    nodes: [
      ...deciding,
      node('If', 'large', 'y', {
        then_branch: subgraph([node('Mul', 'x w', 'a')], ['a']),
        else_branch: subgraph([node('Mul', 'x w', 'e'), node('Concat', 'e e', 'ee', { axis: 1 })], ['ee']),
      }),
    ],
    initializers: { w: floats(w), limit: scalar('float32', 0.5) },
    inputs,
  };
}

it('an If with branches of different shapes takes the branch that an option chooses', async () => {
  const parts = branches([node('Greater', 'mode limit', 'large')]);
  const withMode = {
    ...parts,
    inputs: [...inputs, { name: 'mode', dtype: 'float32', shape: [] } satisfies SourceInput],
  };
  const wide = floats(
    target.flatMap((_, i) => (i % 2 ? [] : [target[i], target[i + 1], 0, 0])),
    [4, 4],
  );
  const errors = (zeros: number) =>
    x.reduce((sum, v, i) => sum + (v * w[i % 2] - target[i]) ** 2 + zeros * (v * w[i % 2]) ** 2, 0);
  for (const [mode, fed, expected] of [
    ['1', data, errors(0) / 8],
    ['0', { ...data, target: wide }, errors(1) / 16],
  ] as const) {
    const { objective, batchSize } = await opened(withMode, { input: { mode } }, fed);
    try {
      expect(batchSize).toBe(4);
      expect((await objective.value()).loss).toBeCloseTo(expected, 4);
    } finally {
      await objective.dispose();
    }
  }
});
