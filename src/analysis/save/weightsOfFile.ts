import { UserError } from '../../errors';
import type { SourceNode } from '../../graph/source';
import type { ParameterTensor } from '../../objective/objective';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { ElementType } from '../../onnx/elementType';
import type { StoredTensor } from '../../onnx/model';
import type { SeparateWeight } from '../../onnx/separateWeight';
import { mergedWeight } from './mergedWeights';

/** Elements that a float32 weight can be written as without a change. */
const WRITABLE = new Set<ElementType>(['float32', 'float64']);
/** Operators of files whose weights are integers. */
const QUANTIZED = /Quantize|^QLinear|Integer$|^QGemm|^QAttention|NBits$/;

/** How the parameters of an analysis lie in the model file. */
export interface WeightsOfFile {
  /** New elements of a tensor of the file, as little-endian bytes of its type; null for a tensor that stays. */
  bytesOf(name: string, parameters: readonly ParameterTensor[], theta: Float32Array): Uint8Array | null;
  /** Parameters that the file holds as one tensor, since their elements were equal, and that are equal no longer. */
  separateOf(parameters: readonly ParameterTensor[], theta: Float32Array): SeparateWeight[];
}

/** @throws UserError if the weights cannot be written back into a file of this kind */
export function weightsOfFile(read: ModelAndData): WeightsOfFile {
  const { model, prepared, trained } = read;
  const { nodes, initializers } = model.graph;
  const quantized = nodes.find(({ op }) => QUANTIZED.test(op));
  if (quantized) {
    throw refused(
      'This model is quantized. New weights are real numbers, which its integers cannot hold.',
      [`${quantized.op} "${quantized.name}"`],
      'Save the weights of the float model, and quantize it again.',
    );
  }
  const constants = new Map(nodes.flatMap((node) => constantOf(node)));
  const stored = (name: string): StoredTensor | undefined => initializers.get(name) ?? constants.get(name);
  const merged = (name: string) => (stored(name) ? null : mergedWeight(name, read, (each) => !!stored(each)));
  const held = new Map(trained.map((name) => [name, stored(name) ?? stored(merged(name)?.of ?? '')]));
  const missing = trained.filter((name) => !held.get(name));
  if (missing.length > 0) {
    throw refused(
      'Some parameters are not tensors of their own in this file: they are parts of others, or belong to functions.',
      missing.slice(0, 6),
      'Export the model with each parameter as an initializer of its own.',
    );
  }
  const narrow = trained.find((name) => !WRITABLE.has(held.get(name)!.element));
  if (narrow !== undefined) {
    throw refused(
      `The weights are stored in ${held.get(narrow)!.element}, which would round the new weights.`,
      [narrow],
      'Export the model in float32.',
    );
  }
  const copies = new Map(prepared.source.nodes.flatMap((node) => copyOf(node, new Set(trained), stored)));
  const bytesOf: WeightsOfFile['bytesOf'] = (name, parameters, theta) => {
    const copy = copies.get(name) ?? { of: name, transposed: false };
    const parameter = parameters.find((each) => each.name === copy.of);
    const tensor = stored(name);
    if (!parameter || !tensor) return null;
    const { offset, count, shape } = parameter;
    const own = theta.subarray(offset, offset + count);
    const elements = copy.transposed ? transposed(own, shape) : own;
    return bytesIn(tensor.element, elements);
  };
  return {
    bytesOf,
    separateOf: (parameters, theta) =>
      parameters.flatMap(({ name, offset, count }): SeparateWeight[] => {
        const found = merged(name);
        if (!found) return [];
        const { element, shape } = stored(found.of)!;
        const bytes = bytesIn(element, theta.subarray(offset, offset + count));
        const shared = bytesOf(found.of, parameters, theta);
        if (shared && Buffer.compare(shared, bytes) === 0) return [];
        return [{ ...found, name, element, shape, bytes }];
      }),
  };
}

/** Constant nodes hold weights in some files. */
function constantOf({ op, domain, outputs, attributes }: SourceNode): [string, StoredTensor][] {
  const { value } = attributes;
  if (op !== 'Constant' || domain !== '' || value?.kind !== 'tensor') return [];
  return [[outputs[0], value.value as StoredTensor]];
}

/** A tensor of the file that is read as a copy of a parameter, since the two are tied. */
function copyOf(
  { op, inputs, outputs }: SourceNode,
  trained: ReadonlySet<string>,
  stored: (name: string) => StoredTensor | undefined,
): [string, { of: string; transposed: boolean }][] {
  const [of] = inputs;
  const [name] = outputs;
  if ((op !== 'Identity' && op !== 'Transpose') || !trained.has(of) || !stored(name)) return [];
  return [[name, { of, transposed: op === 'Transpose' }]];
}

function transposed(matrix: Float32Array, [rows, columns]: readonly number[]): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)]);
}

/** The bytes in the order of the file; every machine this runs on is little-endian, as the format is. */
function bytesIn(element: ElementType, elements: Float32Array): Uint8Array {
  const typed = element === 'float64' ? Float64Array.from(elements) : Float32Array.from(elements);
  return new Uint8Array(typed.buffer);
}

export function refused(what: string, where: string[], action: string): UserError {
  return new UserError({ what, where, action });
}
