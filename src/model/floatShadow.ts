import { byName } from '../graph/byName';
import type { SourceAttribute, SourceGraph, SourceNode, SourceSubgraph } from '../graph/source';
import type { Tensor } from '../graph/tensor';

/** ONNX TensorProto.DataType of floats narrower than float32, of float32 and of float64. */
const NARROW = [10, 16, 17, 18, 19, 20, 23, 24];
const SINGLE = 1;
const DOUBLE = 11;

/** Attributes that name an element type. */
const TYPE_ATTRIBUTES: Readonly<Record<string, string>> = byName({
  Cast: 'to',
  EyeLike: 'dtype',
  RandomNormal: 'dtype',
  RandomNormalLike: 'dtype',
  RandomUniform: 'dtype',
  RandomUniformLike: 'dtype',
  Bernoulli: 'dtype',
  Softmax: 'dtype',
  Attention: 'softmax_precision',
});

/**
 * The model in one floating type. Tensors of float16, bfloat16 and narrower types are already read as float32, so nodes that
 * name such a type name float32 here. Islands of float64 in a float32 model also become float32. A model with float64 inputs
 * stays in float64.
 */
export function floatShadow(source: SourceGraph): SourceGraph {
  const types = source.inputs.map(({ dtype }) => dtype);
  const isDouble = types.includes('float64') && !types.includes('float32');
  const single = (type: number) => NARROW.includes(type) || (type === DOUBLE && !isDouble);
  const narrowed = (t: Tensor): Tensor =>
    t.dtype === 'float64' && !isDouble
      ? { dtype: 'float32', shape: t.shape, data: Float32Array.from(t.data as Float64Array) }
      : t;
  const initializersOf = (map: ReadonlyMap<string, Tensor>) =>
    new Map([...map].map(([name, t]): [string, Tensor] => [name, narrowed(t)]));

  const attributeOf = (node: SourceNode, name: string, attribute: SourceAttribute): SourceAttribute => {
    if (attribute.kind === 'int' && TYPE_ATTRIBUTES[node.op] === name && single(attribute.value)) {
      return { kind: 'int', value: SINGLE };
    }
    if (attribute.kind === 'tensor') return { kind: 'tensor', value: narrowed(attribute.value) };
    if (attribute.kind !== 'graph') return attribute;
    const body = attribute.value as SourceSubgraph;
    return {
      kind: 'graph',
      value: { ...body, nodes: body.nodes.map(nodeOf), initializers: initializersOf(body.initializers) },
    };
  };
  const nodeOf = (node: SourceNode): SourceNode => ({
    ...node,
    attributes: Object.fromEntries(
      Object.entries(node.attributes).map(([name, attribute]) => [name, attributeOf(node, name, attribute)]),
    ),
  });
  return { ...source, nodes: source.nodes.map(nodeOf), initializers: initializersOf(source.initializers) };
}
