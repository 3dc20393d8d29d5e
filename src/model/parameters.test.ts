import { describe, expect, it } from 'vitest';
import type { GraphParts } from '../../test/unit/sourceGraph';
import { filled, floats, ints, node, sourceGraph, weights } from '../../test/unit/sourceGraph';
import type { SourceSubgraph } from '../graph/source';
import { constantsOfCode, materializeConstants } from './materialize';
import { classifyParameters } from './parameters';

/** The names that are trained, in the order of their use. */
function trainedOf(parts: GraphParts): string[] {
  return classifyParameters(sourceGraph(parts)).flatMap(({ name, trained }) => (trained ? [name] : []));
}

function reasonOf(name: string, parts: GraphParts): string | undefined {
  return classifyParameters(sourceGraph(parts)).find((c) => c.name === name && !c.trained)?.reason;
}

/** cos or sin of position · 100^(−2j/columns) */
function positions(wave: (angle: number) => number, rows = 8, columns = 4) {
  const values = Array.from({ length: rows * columns }, (_, i) =>
    wave(Math.floor(i / columns) * 100 ** ((-2 * (i % columns)) / columns)),
  );
  return floats(values, [rows, columns]);
}

describe('a trained parameter', () => {
  it('is every weight and bias of a layer, even behind constant rearrangements', () => {
    const parts: GraphParts = {
      nodes: [
        node('Transpose', 'w1', 'w1t', { perm: [1, 0] }),
        node('Cast', 'w1t', 'w1c', { to: 1 }),
        node('MatMul', 'x w1c', 'h'),
        node('Add', 'h b1', 'a'),
        node('Relu', 'a', 'r'),
        node('Reshape', 'w2 shape', 'w2r'),
        node('Gemm', 'r w2r b2', 'y'),
      ],
      initializers: {
        w1: weights('w1', [3, 4]),
        b1: weights('b1', [3]),
        w2: weights('w2', [6]),
        shape: ints([3, 2]),
        b2: filled([2], 0),
      },
    };
    expect(trainedOf(parts)).toEqual(['w1', 'b1', 'w2', 'b2']);
  });

  it('is the single bias after a product to one unit, but not a scalar', () => {
    const parts: GraphParts = {
      nodes: [
        node('MatMul', 'x w', 'h'),
        node('Add', 'h b', 'a'),
        node('Mul', 'a two', 'm'),
        node('Add', 'm one', 'y'),
      ],
      initializers: { w: weights('w', [4, 1]), b: floats([0.3]), two: floats([2], []), one: floats([1]) },
    };
    expect(trainedOf(parts)).toEqual(['w', 'b']);
    expect(reasonOf('two', parts)).toMatch(/scalar/);
  });

  it('is the scale and shift of a normalization, but not its statistics', () => {
    const parts: GraphParts = {
      nodes: [node('BatchNormalization', 'x s b m v', 'y')],
      initializers: { s: filled([4], 1), b: filled([4], 0), m: filled([4], 0), v: filled([4], 1) },
    };
    expect(trainedOf(parts)).toEqual(['s', 'b']);
    expect(reasonOf('v', parts)).toMatch(/running variance/);
  });

  it('is not a filler of an exporter, such as a zero for a missing bias or a sum pooling as a convolution', () => {
    const parts: GraphParts = {
      nodes: [
        node('ScatterND', 'empty places k', 'moved'),
        node('Conv', 'x window', 'sums', { group: 2 }),
        node('Conv', 'sums kernel', 'c', { group: 2 }),
        node('Gemm', 'c w none', 'y'),
      ],
      initializers: {
        window: filled([2, 1, 2, 2], 0.25),
        empty: filled([3, 8], 0),
        places: ints([0, 2], [2, 1]),
        kernel: weights('k', [2, 1, 2, 2]),
        w: weights('w', [4, 3]),
        none: floats([0], []),
      },
    };
    expect(trainedOf(parts)).toEqual(['kernel', 'w']);
    expect(reasonOf('window', parts)).toMatch(/pooling/);
    expect(reasonOf('none', parts)).toMatch(/scalar/);
    expect(reasonOf('empty', parts)).toMatch(/written into/);
  });

  it('is not the element count by which an adaptive average pooling divides its sums', () => {
    const parts = (counts: number[]): GraphParts => ({
      nodes: [node('Conv', 'x kernel', 'c'), node('Div', 'c counts', 'y')],
      initializers: { kernel: weights('k', [2, 2, 1, 1]), counts: floats(counts, [2, 3]) },
    });
    expect(trainedOf(parts([4, 2, 4, 6, 3, 6]))).toEqual(['kernel']);
    expect(trainedOf(parts([4, 4, 4, 4, 4, 4]))).toEqual(['kernel']);
    expect(reasonOf('counts', parts([4, 2, 4, 6, 3, 6]))).toMatch(/counts/);
    expect(trainedOf(parts([1, 1, 1, 1, 1, 1]))).toEqual(['kernel', 'counts']);
    expect(trainedOf(parts([1.5, 2, 1, 1, 1, 1]))).toEqual(['kernel', 'counts']);
  });

  it('is a scale or shift of length 1 if it has the name of an attribute', () => {
    const affine = (scale: string, shift: string, shape = [1]): GraphParts => ({
      nodes: [node('Conv', 'x kernel', 'c'), node('Mul', `${scale} c`, 'm'), node('Add', `m ${shift}`, 'y')],
      initializers: {
        kernel: weights('k', [2, 2, 1, 1]),
        [scale]: floats([1.3], shape),
        [shift]: floats([0.2], shape),
      },
    });
    for (const [scale, shift] of [
      ['blocks.0.lab.scale', 'blocks.0.lab.bias'],
      ['learnable_affine_block_0.w_0', 'learnable_affine_block_0.w_1'],
      ['layer/gamma:0', 'layer/beta:0'],
    ]) {
      expect(trainedOf(affine(scale, shift)), scale).toEqual(['kernel', scale, shift]);
    }
    expect(trainedOf(affine('blocks.0.alpha', 'blocks.0.bias', []))).toEqual([
      'kernel',
      'blocks.0.alpha',
      'blocks.0.bias',
    ]);
    for (const [scale, shift] of [
      ['onnx::Mul_12', 'onnx::Add_13'],
      ['norm.std', 'norm.eps'],
      ['const_fold_opt__3', 'p2o.helper.constant.1'],
      ['/n/Constant_1_output_0', 'val_7'],
    ]) {
      expect(trainedOf(affine(scale, shift)), scale).toEqual(['kernel']);
    }
    expect(trainedOf(affine('scale', 'alpha', []))).toEqual(['kernel']);
  });

  it('is a scale of length 1 if all such scales differ, but not the 1/6 of every layer', () => {
    const layers = (factors: number[]): GraphParts => ({
      nodes: factors.flatMap((_, i) => [
        node('Conv', `${i === 0 ? 'x' : `a${i - 1}`} kernel${i}`, `c${i}`),
        node('Mul', `c${i} p${i}`, `m${i}`),
        node('Add', `m${i} q${i}`, `a${i}`),
      ]),
      initializers: Object.fromEntries(
        factors.flatMap((factor, i) => [
          [`kernel${i}`, weights(`k${i}`, [2, 2, 1, 1])],
          [`p${i}`, floats([factor])],
          [`q${i}`, floats([-factor / 3])],
        ]),
      ),
    });
    expect(trainedOf(layers([0.9, 1.1, 1.3, 0.7]))).toContain('p3');
    expect(trainedOf(layers([0.9, 1.1, 1.3, 0.7]))).toContain('q3');
    expect(trainedOf(layers([1 / 6, 1 / 6, 1 / 6, 1 / 6]))).not.toContain('p0');
  });

  it('is not the initial state of a recurrence, but is a weight that a loop passes along', () => {
    const steps: GraphParts = {
      nodes: [
        node('Gemm', 'zeros w b', 'first'),
        node('Mul', 'x zeros', 'cell'),
        node('Add', 'first cell', 'h'),
        node('Gemm', 'h w b', 'y'),
      ],
      initializers: { zeros: filled([3, 4], 0), w: weights('w', [4, 4]), b: filled([4], 0) },
    };
    expect(trainedOf(steps)).toEqual(['w', 'b']);

    const body: SourceSubgraph = {
      nodes: [
        node('Gemm', 'h_in w_in b_in', 'a'),
        node('Tanh', 'a', 'h_out'),
        node('Identity', 'b_in', 'b_out'),
        node('Identity', 'go_in', 'go_out'),
      ],
      initializers: new Map(),
      inputs: ['i', 'go_in', 'h_in', 'w_in', 'b_in'].map((name) => ({ name })),
      outputs: ['go_out', 'h_out', 'w_in', 'b_out'].map((name) => ({ name })),
    };
    const loop: GraphParts = {
      nodes: [
        node('Loop', 'trips go zeros w b', 'h . .', { body: { kind: 'graph', value: body } }),
        node('Add', 'h x', 'y'),
      ],
      initializers: { ...steps.initializers, trips: ints([3], []), go: ints([1], []) },
    };
    expect(trainedOf(loop)).toEqual(['w', 'b']);
    expect(reasonOf('zeros', loop)).toMatch(/starting state/);
  });

  it('is not a grid of positions, even if an optimizer fused the product with a transposition', () => {
    const rows = [-1, 0, 1].flatMap((y) => [-1, 0, 1].flatMap((x) => [x, y, 1]));
    const grid = floats(rows, [1, 9, 3]);
    for (const product of ['MatMul', 'com.microsoft.FusedMatMul']) {
      const nodes = [node('Gemm', 'x w', 'angles'), node(product, 'grid angles', 'y')];
      expect(trainedOf({ nodes, initializers: { w: weights('w', [4, 3]), grid } })).toEqual(['w']);
    }
  });

  it('is not a threshold of a decision tree', () => {
    const parts: GraphParts = {
      nodes: [
        node('Gather', 'biases i', 'b'),
        node('Reshape', 'b row', 'r'),
        node('Less', 'x r', 'left'),
        node('Gather', 'leaves left', 'y'),
      ],
      initializers: { biases: weights('b', [8]), i: ints([1, 2]), row: ints([1, 2]), leaves: weights('l', [4, 1]) },
    };
    expect(trainedOf(parts)).toEqual(['leaves']);
    expect(reasonOf('biases', parts)).toMatch(/threshold/);
  });

  it('is the scale after a lowered GroupNormalization, but not the unit scale inside', () => {
    const parts: GraphParts = {
      nodes: [
        node('Reshape', 'x groups', 'g'),
        node('InstanceNormalization', 'g ones zeros', 'n'),
        node('Reshape', 'n whole', 'back'),
        node('Mul', 'back gamma', 'm'),
        node('Add', 'm beta', 'y'),
      ],
      initializers: {
        groups: ints([0, 2, -1]),
        whole: ints([0, 4, 2, 2]),
        ones: filled([2], 1),
        zeros: filled([2], 0),
        gamma: filled([4, 1, 1], 1),
        beta: filled([4, 1, 1], 0),
      },
    };
    expect(trainedOf(parts)).toEqual(['gamma', 'beta']);
    expect(reasonOf('ones', parts)).toMatch(/unit scale that the exporter wrote/);
  });

  it("is Caffe's Scale layer, but not the unit scale of the BatchNorm before it", () => {
    const parts: GraphParts = {
      nodes: [
        node('BatchNormalization', 'x s b m v', 'n'),
        node('Unsqueeze', 'gamma', 'g', { axes: [1, 2] }),
        node('Mul', 'n g', 'y'),
      ],
      initializers: {
        s: filled([4], 1),
        b: filled([4], 0),
        m: weights('m', [4]),
        v: filled([4], 1),
        gamma: weights('gamma', [4]),
      },
    };
    expect(trainedOf(parts)).toEqual(['gamma']);
  });

  it('is a learned position embedding, but not a table of sines', () => {
    const learned = weights('pos', [1, 8, 4]);
    const table = { ...positions(Math.sin), shape: [1, 8, 4] };
    const parts = (pos: typeof learned): GraphParts => ({
      nodes: [node('MatMul', 'x w', 'h'), node('Add', 'h pos', 'y')],
      initializers: { w: weights('w', [4, 4]), pos },
    });
    expect(trainedOf(parts(learned))).toEqual(['w', 'pos']);
    expect(trainedOf(parts(filled([1, 8, 4], 0)))).toEqual(['w', 'pos']);
    expect(trainedOf(parts(table))).toEqual(['w']);
    expect(reasonOf('pos', parts(table))).toMatch(/sines and cosines/);
  });

  it('is an embedding that is looked up, but not a table of cosines', () => {
    const parts: GraphParts = {
      nodes: [node('Gather', 'table ids', 'e'), node('Gather', 'cosines ids', 'c'), node('Mul', 'e c', 'y')],
      initializers: { table: weights('table', [8, 4]), cosines: positions(Math.cos) },
      inputs: [{ name: 'ids', dtype: 'int64', shape: ['batch', 3] }],
    };
    expect(trainedOf(parts)).toEqual(['table']);
  });

  it('is a matrix initialized as the identity', () => {
    const parts: GraphParts = {
      nodes: [node('MatMul', 'x w', 'y')],
      initializers: { w: floats([1, 0, 0, 1], [2, 2]) },
    };
    expect(trainedOf(parts)).toEqual(['w']);
  });

  it('is not a mask, a bound, a frequency or an exponent', () => {
    const parts: GraphParts = {
      nodes: [
        node('MatMul', 'x w', 'h'),
        node('Add', 'h mask', 'a'),
        node('Mul', 'a lower', 'l'),
        node('Clip', 'l low high', 'c'),
        node('Pow', 'c exponent', 'p'),
        node('MatMul', 'frequencies position', 'f'),
        node('Add', 'p f', 'y'),
      ],
      initializers: {
        w: weights('w', [4, 4]),
        mask: floats([0, -1e9, 0, 0], [2, 2]),
        lower: floats([1, 0, 1, 1], [2, 2]),
        low: floats([-1], []),
        high: floats([1], []),
        exponent: floats([2, 2, 2, 2]),
        frequencies: floats([1, 0.1, 0.01, 0.001], [1, 4, 1]),
      },
      inputs: [
        { name: 'x', dtype: 'float32', shape: ['batch', 4] },
        { name: 'position', dtype: 'float32', shape: ['batch', 1, 4] },
      ],
    };
    expect(trainedOf(parts)).toEqual(['w']);
  });

  it("is not the data's mean and deviation that a model subtracts and divides by first", () => {
    const parts: GraphParts = {
      nodes: [
        node('Sub', 'x mean', 's'),
        node('Div', 's deviation', 'd'),
        node('MatMul', 'd w', 'h'),
        node('Add', 'h b', 'y'),
      ],
      initializers: {
        mean: weights('mean', [4]),
        deviation: weights('deviation', [4]),
        w: weights('w', [4, 3]),
        b: weights('b', [3]),
      },
    };
    expect(trainedOf(parts)).toEqual(['w', 'b']);
    expect(reasonOf('mean', parts)).toMatch(/scaling of the input/);
  });

  it('is not a grid of positions, whatever the order of its coordinates', () => {
    const [rows, columns] = [3, 5];
    const cells = Array.from({ length: rows * columns }, (_, i) => [(i % columns) - 2, 0.5 * Math.floor(i / columns)]);
    const grids = {
      last: floats(cells.flat(), [1, rows, columns, 2]),
      first: floats([...cells.map(([x]) => x), ...cells.map(([, y]) => y)], [1, 2, rows, columns]),
      affine: floats(
        cells.flatMap(([x, y]) => [x, y, 1]),
        [1, rows * columns, 3],
      ),
      rows: floats(
        cells.map(([, y]) => y),
        [rows, columns],
      ),
      line: floats([-1, -0.5, 0, 0.5, 1]),
    };
    for (const [name, grid] of Object.entries(grids)) {
      const parts: GraphParts = { nodes: [node('Mul', 'x grid', 'y')], initializers: { grid } };
      expect(reasonOf('grid', parts), name).toMatch(/grid of positions/);
    }
    const learned: GraphParts = {
      nodes: [node('Mul', 'x grid', 'y')],
      initializers: { grid: floats([0, 1, 2, 2.5, 4, 5]) },
    };
    expect(trainedOf(learned)).toEqual(['grid']);
    const byHand = { w: floats([1, 2, 3, 4, 5, 6], [2, 3]) };
    expect(trainedOf({ nodes: [node('MatMul', 'x w', 'y')], initializers: byHand })).toEqual(['w']);
    expect(trainedOf({ nodes: [node('MatMul', 'w x', 'y')], initializers: byHand })).toEqual([]);
  });

  it('is not a vector of a spectral normalization or a frequency of a rotation', () => {
    const parts: GraphParts = {
      nodes: [
        node('MatMul', 'w v', 'wv'),
        node('MatMul', 'u wv', 'sigma'),
        node('Div', 'w sigma', 'n'),
        node('Cast', 'ids', 'c', { to: 1 }),
        node('Mul', 'c scaled', 'angles'),
        node('Cos', 'angles', 'cosines'),
        node('MatMul', 'x n', 'h'),
        node('Mul', 'h cosines', 'y'),
      ],
      initializers: { w: weights('w', [4, 3]), v: weights('v', [3]), u: weights('u', [4]), scaled: weights('s', [3]) },
      inputs: [
        { name: 'x', dtype: 'float32', shape: ['batch', 4] },
        { name: 'ids', dtype: 'int64', shape: ['batch', 3] },
      ],
    };
    expect(trainedOf(parts)).toEqual(['w']);
    expect(reasonOf('u', parts)).toMatch(/spectral/);
    expect(reasonOf('scaled', parts)).toMatch(/frequencies/);
  });

  it('is a vector that attends to data, and is the frequencies of learned features', () => {
    const parts: GraphParts = {
      nodes: [node('Mul', 'x f', 'a'), node('Sin', 'a', 's'), node('MatMul', 's v', 'y')],
      initializers: { f: weights('f', [4]), v: weights('v', [4]) },
    };
    expect(trainedOf(parts)).toEqual(['f', 'v']);
  });

  it('is not a constant in the code of a PyTorch model, nor the zeros that a cell starts from', () => {
    const parts: GraphParts = {
      nodes: [
        node('Constant', '', 'code', { value: { kind: 'tensor', value: weights('code', [4]) } }),
        node('Mul', 'x code', 'm'),
        node('Gemm', 'zeros wh', 'h'),
        node('Gemm', 'm wx', 'i'),
        node('Add', 'h i', 'y'),
      ],
      initializers: { zeros: filled([2, 4], 0), wh: weights('wh', [4, 4]), wx: weights('wx', [4, 4]) },
    };
    const raw = sourceGraph(parts);
    const trained = (producer: string) =>
      classifyParameters(materializeConstants(raw), constantsOfCode(raw, producer)).flatMap((c) =>
        c.trained ? [c.name] : [],
      );
    expect(trained('pytorch 1.13.0')).toEqual(['wh', 'wx']);
    expect(trained('another program')).toEqual(['code', 'wh', 'wx']);
    expect(constantsOfCode({ ...raw, initializers: new Map() }, 'pytorch 1.13.0').size).toBe(0);
    const optimized = new Map([['/n/Constant_1_output_0', filled([4], 1)]]);
    expect([...constantsOfCode({ ...raw, nodes: [], initializers: optimized }, '')]).toEqual([
      '/n/Constant_1_output_0',
    ]);
  });
});
