import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { npzFile } from '../../src/data/testing/npyFile';
import type { Tensor } from '../../src/graph/tensor';
import { writeModel } from '../../src/onnx/write';
import type { GraphParts } from './sourceGraph';
import { sourceGraph } from './sourceGraph';

/** Writes model and data to files, as a person would have them. @returns their paths */
export async function modelFile(
  folder: string,
  parts: GraphParts,
  data: Readonly<Record<string, Tensor>> = {},
): Promise<{ model: string; data: string }> {
  const graph = sourceGraph(parts);
  const outputs = graph.outputs.map((name) => ({ name, dtype: null, shape: null }));
  const { bytes } = writeModel({
    graph: { ...graph, outputs },
    opset: graph.opsets[''],
    opsets: graph.opsets,
    externalFrom: Infinity,
  });
  const paths = { model: join(folder, 'model.onnx'), data: join(folder, 'data.npz') };
  await writeFile(paths.model, bytes);
  await writeFile(paths.data, npzFile(data));
  return paths;
}
