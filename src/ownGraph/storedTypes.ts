import type { SourceAttribute, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { elementFormats } from '../onnx/elementType';
import type { ElementType } from '../onnx/elementType';
import type { OnnxGraph, OnnxValueInfo, StoredTensor } from '../onnx/model';
import type { WritableGraph } from '../onnx/write';

/** The part of a graph that its body and the bodies of its loops and branches share. */
interface Body {
  nodes: readonly SourceNode[];
  initializers: ReadonlyMap<string, Tensor>;
}

/** Operators whose result has the element type of their `value`. */
const VALUED = new Set(['Constant', 'ConstantOfShape']);

/**
 * The file's graph with the element types of the file. The reader widens float16, bfloat16 and narrower types; here a
 * Cast narrows each such tensor again, so that the runtime computes in the types that the user's own runtime computes
 * in.
 */
export function withStoredTypes(graph: OnnxGraph): Omit<WritableGraph, 'outputs'> {
  const body = narrowed(graph);
  const casts: SourceNode[] = [];
  const inputs = graph.inputs.map(({ name, type, dtype, shape }) => {
    const element = narrowElement({ type, dtype });
    if (!element) return { name, dtype, shape };
    casts.push(cast(widened(name), name, element));
    return { name: widened(name), dtype, shape };
  });
  return { nodes: [...casts, ...body.nodes], initializers: body.initializers, inputs };
}

/** The name under which an input of the file is fed. */
export const fedName = (input: Pick<OnnxValueInfo, 'name' | 'type' | 'dtype'>): string =>
  narrowElement(input) ? widened(input.name) : input.name;

function narrowElement({ type, dtype }: Pick<OnnxValueInfo, 'type' | 'dtype'>): ElementType | null {
  return dtype !== null && type !== dtype && Object.hasOwn(elementFormats, type) ? (type as ElementType) : null;
}

function narrowed({ nodes, initializers }: Body): { nodes: SourceNode[]; initializers: Map<string, Tensor> } {
  const casts: SourceNode[] = [];
  const stored = new Map<string, Tensor>();
  for (const [name, tensor] of initializers) {
    const element = elementOf(tensor);
    if (element) casts.push(cast(widened(name), name, element));
    stored.set(element ? widened(name) : name, tensor);
  }
  return { nodes: [...casts, ...nodes.flatMap(narrowedNode)], initializers: stored };
}

function narrowedNode(node: SourceNode): SourceNode[] {
  const attributes = Object.fromEntries(
    Object.entries(node.attributes).map(([key, attribute]): [string, SourceAttribute] => {
      if (attribute.kind !== 'graph') return [key, attribute];
      const graph = attribute.value as OnnxGraph;
      const [inputs, outputs] = [graph.inputs, graph.outputs].map((ports) => ports.map(inferred));
      return [key, { kind: 'graph', value: { ...graph, ...narrowed(graph), inputs, outputs } }];
    }),
  );
  const { value } = attributes;
  const element = VALUED.has(node.op) && value?.kind === 'tensor' ? elementOf(value.value) : null;
  if (!element) return [{ ...node, attributes }];
  const [output] = node.outputs;
  return [{ ...node, attributes, outputs: [widened(output)] }, cast(widened(output), output, element)];
}

/** The type in the file; null where the reader did not widen it. */
function elementOf(tensor: Tensor): ElementType | null {
  const { element } = tensor as StoredTensor;
  return element === undefined || element === tensor.dtype ? null : element;
}

/** A port of a loop or branch. The runtime infers the type of one that the reader widened. */
const inferred = (port: OnnxValueInfo): OnnxValueInfo => (narrowElement(port) ? { ...port, dtype: null } : port);

const widened = (name: string) => `${name} (widened)`;

function cast(input: string, output: string, element: ElementType): SourceNode {
  const to: SourceAttribute = { kind: 'int', value: elementFormats[element].code };
  return {
    name: `${output} (narrowed)`,
    op: 'Cast',
    domain: '',
    inputs: [input],
    outputs: [output],
    attributes: { to },
  };
}
