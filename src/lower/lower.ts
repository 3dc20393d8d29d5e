import type { GraphBuilder } from '../graph/builder';
import { ShapeError } from '../graph/builder';
import { MOST_NODES, MOST_RESULT, mostElements, TooLargeError } from '../graph/limits';
import type { Value } from '../graph/graph';
import { constantOf, dependents } from '../graph/graph';
import { allNodes } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isMalformation } from '../graph/malformation';
import { arrayType, sizeOf } from '../graph/tensor';
import { formatExactCount } from '../text/counts';
import { whereTaken } from './controlFlow';
import { contextOf, ModelError, TooLargeModelError, UnknownSizeError } from './context';
import type { Evaluator } from '../graph/evaluator';
import { Folds, isFoldable } from './fold';
import { resultElements } from './foldSize';
import type { SourceGraph, SourceNode, SourceSubgraph } from '../graph/source';
import { loweringOf, unrollingOf } from './table';
import type { RunBody } from './unrolling';

export interface Lowered {
  /** Every tensor of the model, by its name there. */
  values: ReadonlyMap<string, Value>;
  /** Tensors that cannot be computed, with the reason. They do no harm if the loss does not read them. */
  unavailable: ReadonlyMap<string, ModelError>;
}

/** A node returns an unsupported type, such as strings or maps, or is unknown. */
class UnavailableError extends ModelError {}

/**
 * Turns the user's model into core operators of static shape. The runtime computes values that depend on constants only
 * during lowering, so that shapes known only through arithmetic are numbers when a Reshape needs them.
 * @param bound values of the graph's inputs and of the initializers that are parameters, by name
 * @param data inputs that hold several samples; null if a run has one
 * @throws ModelError naming the node that contradicts itself
 */
export async function lower(
  g: GraphBuilder,
  source: SourceGraph,
  bound: ReadonlyMap<string, Value>,
  evaluator: Evaluator,
  data: ReadonlySet<Value> | null = null,
): Promise<Lowered> {
  const values = new Map<string, Value>();
  for (const [name, tensor] of source.initializers) values.set(name, bound.get(name) ?? g.constant(tensor));
  for (const [name, value] of bound) values.set(name, value);
  const unavailable = new Map<string, ModelError>();
  const mayChoose = (condition: Value) => !data || !dependents([condition], data).has(condition);
  g.mostNodes = MOST_NODES;
  g.mostElements = mostElements([...values.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0));
  try {
    await lowerNodes(
      { g, opsets: source.opsets, evaluator, unavailable, bodies: 0, grown: 0, mayChoose },
      source.nodes,
      values,
    );
  } finally {
    // Derivatives grow with the model, whose size was checked.
    g.mostNodes = Infinity;
    g.mostElements = Infinity;
  }
  return { values, unavailable };
}

/** State shared by the graph and all its subgraphs. */
interface Lowerer {
  g: GraphBuilder;
  opsets: SourceGraph['opsets'];
  evaluator: Evaluator;
  unavailable: Map<string, ModelError>;
  /** Bodies of control flow lowered so far. */
  bodies: number;
  /** Number of elements by which results of constants exceeded their inputs. */
  grown: number;
  /** Whether a condition is the same for all samples of a run. */
  mayChoose: (condition: Value) => boolean;
}

/** Limit for the steps of all loops together, because loops may be nested and a body of constants adds nothing to the graph. */
const MOST_BODIES = 2 ** 15;

/** @param values known values by name; the nodes' outputs are added */
async function lowerNodes(at: Lowerer, nodes: readonly SourceNode[], values: Map<string, Value>): Promise<void> {
  const folds = new Folds(nodes, at.opsets, at.evaluator);
  for (const node of nodes) {
    const lost = node.inputs.flatMap((name) => at.unavailable.get(name) ?? []);
    const results = lost.length > 0 ? lost[0] : await tryNode(at, folds, node, values);
    if (results instanceof ModelError) {
      for (const name of node.outputs) at.unavailable.set(name, results);
      continue;
    }
    for (const [i, name] of node.outputs.entries()) if (name !== '' && results[i]) values.set(name, results[i]);
  }
}

async function tryNode(
  at: Lowerer,
  folds: Folds,
  node: SourceNode,
  values: ReadonlyMap<string, Value>,
): Promise<readonly Value[] | ModelError> {
  try {
    const inputs = node.inputs.map((name) => (name === '' ? null : (values.get(name) ?? unknown(node, name))));
    return await lowerNode(at, folds, node, inputs, values);
  } catch (fault) {
    if (fault instanceof UnavailableError) return fault;
    if (fault instanceof TooLargeError) throw tooLarge(node, fault);
    throw unreadable(node, fault);
  }
}

/** A node may be malformed in more ways than lowerings check: impossible numbers, missing values, values of another kind. */
function unreadable(node: SourceNode, fault: unknown): unknown {
  if (!isMalformation(fault)) return fault;
  const what = `Ridgeline could not read this node: ${(fault as Error).message}.`;
  const action = 'Check the export of this layer. If ONNX Runtime runs the model, please report it.';
  return new ModelError(node, what, action, { cause: fault });
}

async function lowerBody(
  at: Lowerer,
  body: SourceSubgraph,
  inputs: readonly Value[],
  outer: ReadonlyMap<string, Value>,
  taken?: Value,
): Promise<Value[]> {
  if (++at.bodies > MOST_BODIES)
    throw new TooLargeError(`loops of the model take more than ${formatExactCount(MOST_BODIES)} steps`);
  const values = new Map(outer);
  if (taken)
    for (const name of namesIn(body)) if (outer.has(name)) values.set(name, whereTaken(at.g, taken, outer.get(name)!));
  for (const [name, tensor] of body.initializers) values.set(name, at.g.constant(tensor));
  for (const [i, { name }] of body.inputs.entries()) values.set(name, inputs[i]);
  await lowerNodes(at, body.nodes, values);
  return body.outputs.map(({ name }) => values.get(name) ?? unavailableIn(at, name));
}

/** Every name that a body reads or returns. */
function namesIn({ nodes, outputs }: SourceSubgraph): Set<string> {
  return new Set([...allNodes(nodes).flatMap(({ inputs }) => inputs), ...outputs.map(({ name }) => name)]);
}

/** Operands that do not fit together are the model's fault, because every lowering follows ONNX's definition of the operator. */
function understood<T>(node: SourceNode, lowering: () => T): T {
  try {
    return lowering();
  } catch (fault) {
    if (!(fault instanceof ShapeError)) throw fault;
    const { message } = fault.cause as Error;
    const action = 'Check the shapes there. Export the model again, with the sizes of the data.';
    throw new ModelError(node, `The operands of ${node.op} do not fit together: ${message}.`, action);
  }
}

function tooLarge(node: SourceNode, { message }: TooLargeError): TooLargeModelError {
  const action = 'Check the sizes and counts there. Export the model again, or with fewer steps.';
  return new TooLargeModelError(node, `${node.op} is too large: ${message}.`, action);
}

function unavailableIn({ unavailable }: Lowerer, name: string): never {
  throw unavailable.get(name) ?? new Error(`nothing computes "${name}"`);
}

function unknown(node: SourceNode, name: string): never {
  throw new UnavailableError(
    node,
    `It reads "${name}", whose type Ridgeline does not support.`,
    'Export the model without text.',
  );
}

async function lowerNode(
  at: Lowerer,
  folds: Folds,
  node: SourceNode,
  inputs: readonly (Value | null)[],
  values: ReadonlyMap<string, Value>,
): Promise<readonly Value[]> {
  const { g, evaluator } = at;
  const opset = at.opsets[node.domain === 'ai.onnx' ? '' : node.domain] ?? 1;
  const unroll = unrollingOf(node);
  if (unroll) {
    const run: RunBody = (body, given, taken) => lowerBody(at, body, given, values, taken);
    return unroll(contextOf(g, node, inputs, opset), run, at.mayChoose);
  }
  const tensors = inputs.map((input) => input && constantOf(input));
  const constant = inputs.every((input, i) => !input || tensors[i]);
  const lowering = loweringOf(node);
  const foldable = constant && tensors.every(isFoldable);
  if (foldable && !(lowering && UNKNOWN_TO_RUNTIME.has(node.op))) {
    checkGrowth(at, tensors, resultElements(node, tensors, opset, lowering) ?? 0);
    const results = await computed(node, tensors, () => folds.of(node, tensors, opset, values));
    return inPlace(
      node,
      results.map((tensor) => g.constant(tensor)),
    );
  }
  if (lowering) {
    const result = g.from(node.name, () => understood(node, () => lowering(contextOf(g, node, inputs, opset))));
    return Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
  }
  refuseShapesFromData(node, inputs);
  // Ridgeline does not know it, but the runtime may. One run on zeros shows its output types.
  const probes = inputs.map((input, i) => input && (tensors[i] ?? zeros(input)));
  const types = (await probe(node, probes, opset, evaluator)).map(({ dtype, shape }) => ({ dtype, shape }));
  const present = inputs.filter((input) => input !== null);
  return inPlace(
    node,
    g.from(node.name, () => g.applyAll('Opaque', present, { node, opset, types })),
  );
}

/** Number of elements by which all constants of a model may grow: 1 GiB of float32. */
const MOST_GROWN = 2 ** 28;

/** @throws TooLargeError if a few bytes of the file request gigabytes of constants */
function checkGrowth(at: Lowerer, tensors: readonly (Tensor | null)[], elements: number): void {
  if (elements > MOST_RESULT) {
    throw new TooLargeError(
      `it computes ${formatExactCount(elements)} elements from constants; the limit is ${formatExactCount(MOST_RESULT)}`,
    );
  }
  const read = tensors.reduce((sum, tensor) => sum + (tensor ? sizeOf(tensor.shape) : 0), 0);
  at.grown += Math.max(0, elements - read);
  if (at.grown > MOST_GROWN) throw new TooLargeError('constants of the model take more than 1 GiB');
}

/** Results of the named outputs, each at the position of its name. */
function inPlace(node: SourceNode, results: readonly Value[]): readonly Value[] {
  const named = [...results];
  return node.outputs.map((name) => (name === '' ? named[0] : named.shift()!));
}

/** @throws UnavailableError if the runtime refuses the constants of a node */
async function computed(
  node: SourceNode,
  tensors: readonly (Tensor | null)[],
  compute: () => Promise<Tensor[]>,
): Promise<Tensor[]> {
  try {
    return await compute();
  } catch (cause) {
    const given = tensors.map((t) => (t ? `[${t.shape.join(', ')}]` : 'nothing')).join(', ');
    throw new UnavailableError(
      node,
      `${node.op} of ${given} cannot be computed: ${reasonOf(cause)}`,
      'The model may have been exported for another batch size: set --batch to it, or export with a dynamic batch axis.',
    );
  }
}

const reasonOf = (cause: unknown) => (cause instanceof Error ? cause.message.split('\n')[0] : String(cause));

/** Operators of old exports that the runtime dropped, and operators whose weights became inputs. */
const UNKNOWN_TO_RUNTIME = new Set(['ConstantFill', 'LinearRegressor', 'LinearClassifier']);
/** Operators that generate numbers from a few settings. With constant settings, they have been computed already. */
const GENERATORS = new Set([
  'Range',
  'ConstantOfShape',
  'MelWeightMatrix',
  'HannWindow',
  'HammingWindow',
  'BlackmanWindow',
]);
/** Operators whose number of result elements depends on their input values. */
const COUNTING = new Set(['NonZero', 'Unique', 'NonMaxSuppression']);

/** Shapes are static here, and a run on zeros, as below, would show a shape that other numbers do not have. */
function refuseShapesFromData(node: SourceNode, inputs: readonly (Value | null)[]): void {
  if (node.domain !== '') return;
  const moving = inputs.findIndex((input) => input && !constantOf(input));
  if (GENERATORS.has(node.op)) throw new UnknownSizeError(node, moving, inputs[moving]!);
  if (COUNTING.has(node.op))
    throw new UnavailableError(node, `The shape of the result of ${node.op} depends on the data.`);
}

async function probe(
  node: SourceNode,
  inputs: readonly (Tensor | null)[],
  opset: number,
  evaluator: Evaluator,
): Promise<Tensor[]> {
  const name = node.domain === '' ? node.op : `${node.domain}.${node.op}`;
  const action = 'Export the model without this operator, or in an older operator set.';
  let results: Tensor[];
  try {
    results = await evaluator.evaluate(node, inputs, opset);
  } catch (cause) {
    const what = `Ridgeline does not support ${name}, and ONNX Runtime cannot run it: ${reasonOf(cause)}`;
    throw new UnavailableError(node, what, action);
  }
  const odd = results.find(({ dtype }) => !arrayType(dtype));
  if (odd) throw new UnavailableError(node, `${name} returns ${odd.dtype}, which Ridgeline does not support.`, action);
  return results;
}

function zeros({ dtype, shape }: Value): Tensor {
  return { dtype, shape, data: new (arrayType(dtype))(sizeOf(shape)) };
}
