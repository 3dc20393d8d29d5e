import { basename, join } from 'node:path';
import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { arrayType } from '../graph/tensor';
import { decodeTensor } from '../onnx/tensor';
import type { ArraySource } from './dataset';
import { formatShape } from './dataset';
import { listFolder, readBytes, sha256 } from './files';

const NAME = /^(input|output)_(\d+)\.pb$/;

export function isTestDataName(name: string): boolean {
  return NAME.test(name);
}

/**
 * Opens ONNX test data: `input_i.pb` and `output_i.pb` with one serialized TensorProto each, where i counts the graph's
 * inputs and outputs. Concatenates several sets. The outputs are recorded outputs of the model; they serve as targets
 * and are marked as model outputs.
 */
export async function openTestData(folders: string[]): Promise<ArraySource> {
  const notes: string[] = [];
  const sets: Map<string, Tensor>[] = [];
  const hashed: (string | Uint8Array)[] = [];
  for (const folder of folders) {
    const set = new Map<string, Tensor>();
    for (const name of (await listFolder(folder)).filter(isTestDataName)) {
      const path = join(folder, name);
      const bytes = await readBytes(path);
      hashed.push(name, bytes);
      set.set(name.slice(0, -'.pb'.length), decode(bytes, path));
    }
    const first = sets[0];
    if (!first || [...first].every(([key, tensor]) => stacks(tensor, set.get(key)))) sets.push(set);
    else notes.push(`${basename(folder)} is not used: its shapes differ from those of the first set.`);
  }
  const tensors = [...sets[0].keys()].map((key) => [key, stack(sets.map((set) => set.get(key)!))] as const);
  const entries = tensors.map(([key, tensor]) => ({
    key,
    shape: tensor.shape,
    dtype: tensor.dtype,
    load: () => tensor,
  }));
  const byNumber = (a: string, b: string): number => Number(a.split('_')[1]) - Number(b.split('_')[1]);
  const keys = entries.map((entry) => entry.key).sort(byNumber);
  const output = keys.find((key) => key.startsWith('output_'));
  if (output) notes.push(`Targets are the recorded model output ${output}, not labels.`);
  return {
    kind: 'ONNX test data',
    entries,
    sha256: sha256(hashed),
    notes,
    inputKeys: keys.filter((key) => key.startsWith('input_')),
    targetKey: output,
    targetIsModelOutput: output !== undefined,
  };
}

function decode(bytes: Uint8Array, path: string): Tensor {
  try {
    // Read the elements now, because a copy of a lazy tensor under another shape would lose them.
    const { dtype, shape, data } = decodeTensor(bytes);
    return { dtype, shape, data };
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
    // The decoder sees only bytes, so the path of the file is added here.
    throw new UserError({ what: cause.what, where: [path], action: 'Copy the test data again.' }, { cause });
  }
}

function stacks(a: Tensor, b: Tensor | undefined): boolean {
  return b !== undefined && a.dtype === b.dtype && formatShape(a.shape.slice(1)) === formatShape(b.shape.slice(1));
}

/** Concatenates tensors along axis 0. */
function stack(tensors: Tensor[]): Tensor {
  const [first] = tensors;
  if (tensors.length === 1) return first!;
  const { dtype, shape } = first!;
  const data = new (arrayType(dtype))(tensors.reduce((sum, tensor) => sum + tensor.data.length, 0));
  let at = 0;
  for (const tensor of tensors) {
    for (const value of tensor.data) data[at++] = value;
  }
  const samples = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] ?? 1), 0);
  return { dtype, shape: [samples, ...shape.slice(1)], data };
}
