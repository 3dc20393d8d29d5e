import { missingRules } from '../../src/autodiff/differentiate';
import type { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { nodesOf } from '../../src/graph/graph';
import { UnknownSizeError } from '../../src/lower/context';
import { lower } from '../../src/lower/lower';
import { materializeConstants } from '../../src/model/materialize';
import type { SourceAttribute, SourceGraph, SourceNode, SourceSubgraph } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { isFloat } from '../../src/graph/tensor';
import type { NodeCase } from './nodeCase';

/** A case lowered to core operators. */
export interface LoweredCase {
  g: GraphBuilder;
  /** The graph inputs that are fed, by name. */
  inputs: Readonly<Record<string, Value>>;
  feeds: Readonly<Record<string, Tensor>>;
  /** The floating-point inputs, which play the role of parameters. */
  moving: readonly Value[];
  /** Floating outputs of the model, by name. */
  outputs: Readonly<Record<string, Value>>;
  /** Inputs that had to be constants: shapes, scales. */
  frozen: readonly string[];
}

/** Says why a case cannot be analysed: an operator has no derivative, or a form is not supported. */
export class Refusal extends Error {}

/**
 * Operators that are lowered as if they did not round. That suits a model which contains them, but the values differ
 * from the operator's own answer.
 */
const STRAIGHT_THROUGH = new Set(['QuantizeLinear', 'DynamicQuantizeLinear']);

/**
 * Lowers a case with its inputs as graph inputs. An input that must be known beforehand (a shape, a scale) becomes a
 * constant, as exporters write it.
 * @param precision `float64` widens every float of the model, so that differences are exact to ten digits
 */
export async function lowerCase(
  nodeCase: NodeCase,
  precision: 'float32' | 'float64',
  engine: Engine,
): Promise<LoweredCase> {
  if (STRAIGHT_THROUGH.has(nodeCase.operator)) {
    throw new Refusal('quantizers are passed straight through: these are not the numbers of the operator');
  }
  const tensors = Object.fromEntries(
    Object.entries(nodeCase.inputs).map(([name, stored]) => [name, precision === 'float64' ? widened(stored) : stored]),
  );
  const source = sourceOf(nodeCase, precision);
  const frozen = new Set<string>();
  for (;;) {
    const g = new GraphBuilder();
    const free = Object.entries(tensors).filter(([name]) => !frozen.has(name));
    const inputs = Object.fromEntries(free.map(([name, { dtype, shape }]) => [name, g.input(name, dtype, shape)]));
    const bound = new Map<string, Value>(Object.entries(inputs));
    for (const name of frozen) bound.set(name, g.constant(tensors[name]));
    try {
      const { values, unavailable } = await lower(g, source, bound, engine);
      for (const lost of unavailable.values()) throw lost;
      // Quantization is passed straight through, so a quantized output is a float here. It has neither the type nor the
      // values of the file and is left out.
      const floating = nodeCase.model.graph.outputs.filter(({ dtype }) => dtype && isFloat(dtype));
      const outputs = Object.fromEntries(
        floating.flatMap(({ name }) => {
          const value = values.get(name);
          return value && isFloat(value.dtype) ? [[name, value]] : [];
        }),
      );
      const moving = Object.values(inputs).filter(({ dtype }) => isFloat(dtype));
      refuseMissing(Object.values(outputs), moving);
      return { g, inputs, feeds: Object.fromEntries(free), moving, outputs, frozen: [...frozen] };
    } catch (fault) {
      if (!(fault instanceof UnknownSizeError)) throw fault;
      const needed = inputsBehind(fault.value).filter((name) => !frozen.has(name));
      if (needed.length === 0) throw fault;
      for (const name of needed) frozen.add(name);
    }
  }
}

function refuseMissing(outputs: readonly Value[], moving: readonly Value[]): void {
  const missing = missingRules(outputs, moving);
  if (missing.length === 0) return;
  const names = missing.map((node) => (node.op === 'Opaque' ? 'run as it is, without a derivative' : node.op));
  throw new Refusal([...new Set(names)].join(', '));
}

/** Names of the graph inputs that a value is computed from. */
function inputsBehind(value: Value): string[] {
  const read = [value, ...nodesOf([value]).flatMap((node) => node.inputs)];
  return [...new Set(read.flatMap(({ node, name }) => (!node && name ? [name] : [])))];
}

function sourceOf({ model, inputs }: NodeCase, precision: 'float32' | 'float64'): SourceGraph {
  const { nodes, initializers, outputs } = model.graph;
  const source = materializeConstants({
    nodes,
    initializers,
    inputs: Object.entries(inputs).map(([name, { dtype, shape }]) => ({ name, dtype, shape })),
    outputs: outputs.map(({ name }) => name),
    opsets: model.opsets,
  });
  if (precision === 'float32') return source;
  return {
    ...source,
    nodes: source.nodes.map(widenedNode),
    initializers: new Map([...source.initializers].map(([name, tensor]) => [name, widened(tensor)])),
  };
}

function widened(t: Tensor): Tensor {
  if (t.dtype !== 'float32') return t;
  return { dtype: 'float64', shape: t.shape, data: Float64Array.from(t.data as Float32Array) };
}

function widenedBody(body: SourceSubgraph): SourceSubgraph {
  const initializers = new Map([...body.initializers].map(([name, tensor]) => [name, widened(tensor)]));
  return { ...body, nodes: body.nodes.map(widenedNode), initializers };
}

const FLOAT64 = 11;
/** ONNX codes of float32, float16, bfloat16. */
const NARROWER = new Set([1, 10, 16]);

/** The node in float64, with the element types and tensors among its attributes widened too. */
function widenedNode(node: SourceNode): SourceNode {
  const typed = node.op === 'Cast' ? 'to' : 'dtype';
  const attributes = Object.entries(node.attributes).map(([name, attribute]): [string, SourceAttribute] => {
    if (attribute.kind === 'graph')
      return [name, { kind: 'graph', value: widenedBody(attribute.value as SourceSubgraph) }];
    if (attribute.kind === 'tensor') return [name, { kind: 'tensor', value: widened(attribute.value) }];
    const widens = name === typed && attribute.kind === 'int' && NARROWER.has(attribute.value);
    return [name, widens ? { kind: 'int', value: FLOAT64 } : attribute];
  });
  return { ...node, attributes: Object.fromEntries(attributes) };
}
