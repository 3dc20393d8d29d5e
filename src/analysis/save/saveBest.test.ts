import { existsSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { node, onnxBytes, port, weights } from '../../../test/unit/onnxBytes';
import { npzFile } from '../../data/testing/npyFile';
import { TensorProto_DataLocation } from '../../onnx/onnx_pb';
import { readModel } from '../../onnx/read';
import type { AnalysisOptions } from '../../options/options';
import { analyze } from '../analyze';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-save-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const file = (name: string) => join(folder, name);
const BASE = Array.from({ length: 16 }, (_, i) => Math.sin(1 + 3 * i) / 2);

/** Regression data y = x·(1, −2, 0.5, 1), on four features. */
function writeData(): string {
  const samples = 32;
  const x = Float32Array.from({ length: samples * 4 }, (_, i) => Math.cos(i * i + 1));
  const y = Float32Array.from({ length: samples }, (_, n) =>
    [1, -2, 0.5, 1].reduce((sum, w, j) => sum + w * x[4 * n + j], 0),
  );
  const tensor = (data: Float32Array, shape: number[]) => ({ dtype: 'float32' as const, shape, data });
  writeFileSync(file('data.npz'), npzFile({ x: tensor(x, [samples, 4]), target: tensor(y, [samples, 1]) }));
  return file('data.npz');
}

type Weights = Parameters<typeof onnxBytes>[0]['initializer'];

/** x·A·B·c, with A and B of four by four. */
function writeNetwork(initializer: Weights, nodes = [node('MatMul', ['h', 'b'], ['k'])]): string {
  const bytes = onnxBytes({
    node: [node('MatMul', ['x', 'a'], ['h']), ...nodes, node('MatMul', ['k', 'c'], ['y'])],
    initializer,
    input: [port('x', ['batch', 4])],
    output: [port('y', ['batch', 1])],
  });
  writeFileSync(file('model.onnx'), bytes);
  return file('model.onnx');
}

const a = () => weights('a', [4, 4], BASE);
const b = () => weights('b', [4, 4], BASE.map((value, i) => value + i / 10)); // prettier-ignore
const c = () => weights('c', [4, 1], [0.5, -0.25, 1, 0.125]);

const analysed = (model: string, options: AnalysisOptions) =>
  analyze(model, { data: file('data.npz'), loss: 'mse', provider: 'cpu', threads: 1, preset: 'quick', ...options });
const save = (model: string, saveBest = file('best.onnx')) => analysed(model, { only: ['loss'], saveBest });
const lossOf = async (model: string) => (await analysed(model, { only: ['loss'] })).objective!.loss;
const dataOf = async (model: string, name: string) =>
  Array.from((await readModel(model)).graph.initializers.get(name)!.data as Float32Array);

describe('the best weights', () => {
  it('make a model whose loss is the one that was reported', async () => {
    writeData();
    const model = writeNetwork([a(), b(), c()]);
    const before = readFileSync(model);
    const report = await save(model);
    const reached = Math.min(...report.optimizers!.map((run) => run.reached));
    expect(reached).toBeLessThan(report.objective!.loss / 2);
    expect(await lossOf(file('best.onnx'))).toBeCloseTo(reached, 6);
    expect(readFileSync(model)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('stay tied where two tensors of the file are one parameter', async () => {
    writeData();
    const transposed = BASE.map((_, i) => BASE[(i % 4) * 4 + Math.floor(i / 4)]);
    const model = writeNetwork(
      [a(), weights('copied', [4, 4], transposed), c()],
      [node('MatMul', ['h', 'copied'], ['k'])],
    );
    const report = await save(model);
    expect(report.model.parameterCount).toBe(20);
    const [own, copied] = [await dataOf(file('best.onnx'), 'a'), await dataOf(file('best.onnx'), 'copied')];
    expect(copied).toEqual(own.map((_, i) => own[(i % 4) * 4 + Math.floor(i / 4)]));
    expect(own).not.toEqual(await dataOf(model, 'a'));
    expect(await lossOf(file('best.onnx'))).toBeCloseTo(Math.min(...report.optimizers!.map((run) => run.reached)), 6);
  });

  it('become tensors of their own where the exporter had written equal ones once', async () => {
    writeData();
    const model = writeNetwork(
      [a(), weights('zeros', [4], [0, 0, 0, 0]), c()],
      [
        node('Identity', ['a'], ['b'], { name: 'Identity_0' }),
        node('Add', ['h', 'zeros'], ['h2']),
        node('MatMul', ['h2', 'b'], ['k2']),
        node('Add', ['k2', 'zeros'], ['k']),
      ],
    );
    const report = await save(model);
    expect(report.model.parameterCount).toBe(2 * 16 + 2 * 4 + 4);
    const written = file('best.onnx');
    expect(await dataOf(written, 'b')).not.toEqual(await dataOf(written, 'a'));
    expect(await dataOf(written, 'zeros/2')).not.toEqual(await dataOf(written, 'zeros'));
    expect(await lossOf(written)).toBeCloseTo(Math.min(...report.optimizers!.map((run) => run.reached)), 6);
    const again = await analysed(written, { only: ['loss'] });
    expect(again.model.parameters.map(({ name }) => name).sort()).toEqual(
      report.model.parameters.map(({ name }) => name).sort(),
    );
  });

  it('stay in a file of their own, and tensors that no one trains keep their bytes', async () => {
    writeData();
    writeFileSync(file('model.data'), Buffer.concat([Buffer.of(1, 2, 3, 4), floats(...BASE), Buffer.of(9, 9)]));
    const outside = {
      rawData: undefined,
      dataLocation: TensorProto_DataLocation.EXTERNAL,
      externalData: Object.entries({ location: 'model.data', offset: '4', length: '64' }).map(([key, value]) => ({
        key,
        value,
      })),
    };
    const model = writeNetwork([weights('a', [4, 4], [], outside), b(), c()]);
    const before = readFileSync(file('model.data'));
    const report = await analysed(model, { only: ['loss'], parameters: ['a'], saveBest: file('best.onnx') });
    expect(readFileSync(file('model.data'))).toEqual(before);
    const saved = await readModel(file('best.onnx'));
    expect(saved.externalFiles).toEqual(['best.onnx.data']);
    const beside = readFileSync(file('best.onnx.data'));
    expect([...beside.subarray(0, 4), ...beside.subarray(68)]).toEqual([1, 2, 3, 4, 9, 9]);
    expect(await dataOf(file('best.onnx'), 'b')).toEqual(await dataOf(model, 'b'));
    expect(await dataOf(file('best.onnx'), 'a')).not.toEqual(await dataOf(model, 'a'));
    expect(await lossOf(file('best.onnx'))).toBeCloseTo(Math.min(...report.optimizers!.map((run) => run.reached)), 6);
  });

  it('never replace the model itself, even under another name', async () => {
    writeData();
    const model = writeNetwork([a(), b(), c()]);
    linkSync(model, file('link.onnx'));
    await expect(save(model, model)).rejects.toThrow(/overwrite the model/);
    await expect(save(model, file('link.onnx'))).rejects.toThrow(/overwrite the model/);
  });

  it('are not written where none are better', async () => {
    writeData();
    const model = writeNetwork([a(), b(), weights('c', [4, 1], [0, 0, 0, 0])]);
    const notes: string[] = [];
    await analyze(
      model,
      {
        data: file('data.npz'),
        loss: 'mse',
        provider: 'cpu',
        only: ['loss'],
        parameters: ['a'],
        saveBest: file('best.onnx'),
      },
      { onNote: ({ text }) => notes.push(text) },
    );
    expect(notes.join(' ')).toMatch(/No optimizer found better weights/);
    expect(existsSync(file('best.onnx'))).toBe(false);
  });

  it('of a quantized model are refused before anything is measured', async () => {
    writeData();
    const model = writeNetwork(
      [a(), b(), c(), weights('scale', [], [0.1])],
      [
        node('QuantizeLinear', ['h', 'scale'], ['q']),
        node('DequantizeLinear', ['q', 'scale'], ['r']),
        node('MatMul', ['r', 'b'], ['k']),
      ],
    );
    await expect(save(model)).rejects.toThrow(/quantized/);
  });
});
