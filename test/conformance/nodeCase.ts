import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '../../src/graph/tensor';
import { isFloat } from '../../src/graph/tensor';
import type { OnnxModel, StoredTensor } from '../../src/onnx/model';
import { readModel } from '../../src/onnx/read';
import { decodeTensor } from '../../src/onnx/tensor';

/** One case of ONNX's backend tests: a model of (mostly) one operator, its inputs, and the expected outputs. */
export interface NodeCase {
  name: string;
  /** The operator under test: "Conv", "ai.onnx.ml.Binarizer". */
  operator: string;
  model: OnnxModel;
  inputs: Readonly<Record<string, StoredTensor>>;
  /** Expected outputs by name; null where the file holds no plain tensor. */
  expected: Readonly<Record<string, Tensor | null>>;
}

/** The case folders under `folder`, or under its `node` folder, where ONNX ships them. */
export async function caseFolders(folder: string): Promise<string[]> {
  const found = await foldersWithModels(folder);
  return found.length > 0 ? found : foldersWithModels(join(folder, 'node'));
}

async function foldersWithModels(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isDirectory() && entry.name.startsWith('test_'));
  return names.map(({ name }) => join(folder, name)).sort();
}

/** Reads a case from its folder. @throws UserError for a model or a tensor that cannot be read */
export async function readCase(folder: string, name: string): Promise<NodeCase> {
  const model = await readModel(join(folder, 'model.onnx'));
  const data = join(folder, 'test_data_set_0');
  const inputs: Record<string, StoredTensor> = {};
  for (const [i, input] of model.graph.inputs.entries()) {
    inputs[input.name] = decodeTensor(await readFile(join(data, `input_${i}.pb`)));
  }
  const expected: Record<string, Tensor | null> = {};
  for (const [i, output] of model.graph.outputs.entries()) {
    expected[output.name] = output.dtype ? decodeTensor(await readFile(join(data, `output_${i}.pb`))) : null;
  }
  return { name, operator: operatorOf(model, name), model, inputs, expected };
}

/** The graph's only operator. If ONNX expanded a function into several, the operator comes from the case's name. */
function operatorOf({ graph: { nodes } }: OnnxModel, name: string): string {
  const operators = [...new Set(nodes.map(({ op, domain }) => (domain === '' ? op : `${domain}.${op}`)))];
  return operators.length === 1 ? operators[0] : name.replace(/^test_/, '');
}

export const movingInputs = ({ inputs }: NodeCase): string[] =>
  Object.keys(inputs).filter((name) => isFloat(inputs[name].dtype));
