import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { ort } from '../../src/engine/ort';
import type { Tensor } from '../../src/graph/tensor';
import { sizeOf } from '../../src/graph/tensor';
import type { OnnxModel } from '../../src/onnx/model';
import { readModel } from '../../src/onnx/read';
import { writeModel } from '../../src/onnx/write';

const fixtures = join(__dirname, '../fixtures');
const models = readdirSync(fixtures).filter((name) => readdirSync(join(fixtures, name)).includes('model.onnx'));

/** Inputs with three different samples. */
function feeds({ graph }: OnnxModel): Record<string, OrtTensor> {
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => {
      const dims = shape!.map((dim) => (typeof dim === 'number' ? dim : 3));
      const data = Float32Array.from({ length: sizeOf(dims) }, (_, i) => Math.sin(i));
      return [name, new ort.Tensor('float32', data, dims)];
    }),
  );
}

async function run(
  source: string | Uint8Array,
  model: OnnxModel,
  externalData: { path: string; data: Uint8Array }[] = [],
) {
  const session =
    typeof source === 'string'
      ? await ort.InferenceSession.create(source)
      : await ort.InferenceSession.create(source, { externalData });
  const results = await session.run(feeds(model));
  await session.release();
  return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, (value as OrtTensor).data]));
}

describe('a model that was read and written again', () => {
  it.each(models)('answers as the original file does: %s', async (name) => {
    const path = join(fixtures, name, 'model.onnx');
    const model = await readModel(path);
    const { bytes, external } = writeModel({ graph: model.graph, opset: model.opsets[''] });
    expect(await run(bytes, model, external)).toEqual(await run(path, model));
  });

  it('answers the same with its weights beside it', async () => {
    const path = join(fixtures, 'lenet_fashion', 'model.onnx');
    const model = await readModel(path);
    const { bytes, external } = writeModel({ graph: model.graph, opset: model.opsets[''], externalFrom: 256 });
    expect(external.length).toBeGreaterThan(3);
    expect(bytes.length).toBeLessThan(10_000);
    expect(await run(bytes, model, external)).toEqual(await run(path, model));
  });

  it('uses weights that are passed in rather than those of the file', async () => {
    const path = join(fixtures, 'linear_saddle', 'model.onnx');
    const model = await readModel(path);
    const zeros = ({ dtype, shape, data }: Tensor): Tensor => ({ dtype, shape, data: data.slice().fill(0 as never) });
    const initializers = new Map([...model.graph.initializers].map(([name, t]) => [name, zeros(t)]));
    const { bytes } = writeModel({ graph: { ...model.graph, initializers }, opset: model.opsets[''] });
    const { output } = await run(bytes, model);
    expect([...(output as Float32Array)].every((value) => value === 0)).toBe(true);
  });
});
