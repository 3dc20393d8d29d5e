import type { Tensor } from '../graph/tensor';
import { allNodes } from '../graph/sourceIndex';
import { arrayType, isFloat, numbers, scalar, sizeOf, tensor } from '../graph/tensor';
import type { DType, TensorData } from '../graph/tensor';
import { ModelError } from '../lower/context';
import type { SourceGraph, SourceNode } from '../graph/source';

/**
 * Turns every constant of the model into an initializer. Exporters write weights as initializers, as Constant nodes, or as
 * ConstantOfShape nodes with a fixed shape, and all of these may be parameters.
 */
export function materializeConstants(source: SourceGraph): SourceGraph {
  const initializers = new Map(source.initializers);
  const nodes: SourceNode[] = [];
  for (const node of source.nodes) {
    const made = constantTensor(node, initializers);
    if (made) initializers.set(node.outputs[0], made);
    else nodes.push(node);
  }
  return { ...source, nodes, initializers };
}

/** `/norm/Constant_1_output_0`: PyTorch's name of the output of a Constant node, which an optimizer keeps when it moves it. */
const CONSTANT_NAME = /(^|\/)Constant(_\d+)?_output_0$/;

/**
 * Names of the constants in the code of a PyTorch model. Its exporter writes parameters and buffers as initializers, and
 * other constants as Constant nodes. Other programs write weights in either way, and so may programs that change a file
 * later, so nothing is known if no weight is an initializer.
 */
export function constantsOfCode({ nodes, initializers }: SourceGraph, producer: string): ReadonlySet<string> {
  const moved = [...initializers.keys()].filter((name) => CONSTANT_NAME.test(name));
  const holdsWeights = [...initializers.values()].some(({ dtype, shape }) => isFloat(dtype) && shape.length > 1);
  if (!producer.startsWith('pytorch') || !holdsWeights) return new Set(moved);
  return new Set([...moved, ...allNodes(nodes).flatMap(({ op, outputs }) => (op === 'Constant' ? outputs : []))]);
}

function constantTensor(node: SourceNode, known: ReadonlyMap<string, Tensor>): Tensor | null {
  if (node.domain !== '') return null;
  if (node.op === 'Constant') return constantNode(node);
  if (node.op !== 'ConstantOfShape') return null;
  const shape = known.get(node.inputs[0]);
  return shape ? filled(node, numbers(shape)) : null;
}

/** The tensor of a Constant node; null for every other node, and for constants of unsupported types. */
export function constantNode({ op, domain, attributes }: SourceNode): Tensor | null {
  if (op !== 'Constant' || domain !== '') return null;
  for (const attribute of Object.values(attributes)) {
    if (attribute.kind === 'tensor') return attribute.value;
    if (attribute.kind === 'float') return scalar('float32', attribute.value);
    if (attribute.kind === 'floats') return tensor('float32', [attribute.value.length], attribute.value);
    if (attribute.kind === 'int') return scalar('int64', attribute.value);
    if (attribute.kind === 'ints') return tensor('int64', [attribute.value.length], attribute.value);
  }
  return null;
}

/** ConstantOfShape's value is a tensor of one element, by default 0. */
function filled(node: SourceNode, shape: readonly number[]): Tensor {
  const { value = { kind: 'tensor', value: scalar('float32', 0) } } = node.attributes;
  if (value.kind !== 'tensor' || value.value.data.length !== 1) {
    throw new ModelError(node, 'The value of ConstantOfShape is not a tensor of one element.');
  }
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || !Number.isSafeInteger(sizeOf(shape))) {
    throw new ModelError(node, `A tensor of shape [${shape.join(', ')}] cannot be made.`);
  }
  return new FilledTensor(value.value.dtype, shape, value.value.data[0]);
}

/** One number repeated, expanded on first access, because a network's weights may have this form. */
class FilledTensor implements Tensor {
  private made: TensorData | undefined;

  constructor(
    readonly dtype: DType,
    readonly shape: readonly number[],
    private readonly value: number | bigint,
  ) {}

  get data(): TensorData {
    // Value and array are of one element type, which the type checker cannot see.
    this.made ??= (new (arrayType(this.dtype))(sizeOf(this.shape)) as Float32Array).fill(this.value as number);
    return this.made;
  }

  readonly pick = (positions: readonly number[]): number[] => positions.map(() => Number(this.value));
}
