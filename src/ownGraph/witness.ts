import type { SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import { elementFormats } from '../onnx/elementType';
import { deedOf, placeIn, spelled } from '../graph/deeds';
import { heldIn } from './floatElements';
import type { FloatElement } from './floatElements';
import type { OwnBatch } from './ownFeeds';
import type { OwnGraph } from './ownSession';
import { openOwnSession } from './ownSession';
import type { SeenValues } from './seenGraph';
import { sizeOfSeen } from './seenGraph';
import type { FoundTrouble } from './troubles';

/** A sample that shows a trouble, and the numbers of the node there. */
export interface Witness {
  /** "sample 3", or where samples act on each other "samples 0 to 7". */
  samples: string;
  /** What the node does there: "divides 0 by 0". */
  deed: string;
}

/** Runs the graph to look for a witness. */
export interface Witnesses {
  graph: OwnGraph;
  values: SeenValues;
  threads: number;
  /** The samples of a batch alone, each as a batch. */
  alone: (sample: number) => OwnBatch;
}

/** At most so many samples are tried alone. */
const MOST_ALONE = 64;

/**
 * Finds the sample for which a node first shows its trouble, with the node's operands at that place. The cost is one
 * session of the nodes up to this one, one run of the batch, and runs of single samples.
 */
export async function witnessOf(
  { graph, values, threads, alone }: Witnesses,
  trouble: FoundTrouble,
  { feeds, start, count }: OwnBatch,
): Promise<Witness | null> {
  const names = [trouble.value, ...(trouble.node ? floatOperands(values, trouble.node) : [])];
  const added = names.map((name, i) => widening(values, name, i));
  const outputs = added.map(({ outputs: [output] }) => output);
  const session = await openOwnSession(graph, outputs, { threads, added: { nodes: added, initializers: new Map() } });
  const run = async (batch: OwnBatch['feeds']) => {
    const read = Object.fromEntries(graph.inputs.flatMap(({ name }) => (name in batch ? [[name, batch[name]]] : [])));
    const results = await session.run(read);
    return outputs.map((name, i) => held(results[name], values.graph.elements.get(names[i])));
  };
  try {
    const together = await run(feeds);
    const at = placeOf(trouble, together[0]);
    if (at === null) return null;
    const words = (tensors: readonly Tensor[], place: number) => deed(trouble, tensors, place);
    if (count === 1) return { samples: `sample ${start}`, deed: words(together, at) };
    for (const sample of candidates(together[0], at, start, count)) {
      const results = await run(alone(sample).feeds).catch(() => null);
      const place = results && placeOf(trouble, results[0]);
      if (results && place !== null) return { samples: `sample ${sample}`, deed: words(results, place) };
    }
    return { samples: `samples ${start} to ${start + count - 1}`, deed: words(together, at) };
  } finally {
    await session.release();
  }
}

/** The samples to try: the one that the place points at, or all of them where the value has no axis of samples. */
function candidates({ shape, data }: Tensor, at: number, start: number, count: number): number[] {
  const rows = shape[0] ?? 0;
  const row = rows >= count ? Math.floor(at / (data.length / rows)) : -1;
  if (row >= 0 && row < count) return [start + row];
  return Array.from({ length: Math.min(count, MOST_ALONE) }, (_, i) => start + i);
}

function floatOperands(values: SeenValues, node: SourceNode): string[] {
  return values.operands(node).map(({ name }) => name);
}

function widening(values: SeenValues, name: string, i: number): SourceNode {
  const wide = values.graph.elements.get(name) === 'float64' ? 'float64' : 'float32';
  const to = { kind: 'int' as const, value: elementFormats[wide].code };
  return {
    name: `witness ${i}`,
    op: 'Cast',
    domain: '',
    inputs: [name],
    outputs: [`witness ${i}`],
    attributes: { to },
  };
}

/** A widened result as the value's own type holds it. */
function held(tensor: Tensor, element: FloatElement | undefined): Tensor {
  if (element !== 'float16' && element !== 'bfloat16') return tensor;
  return { ...tensor, data: (tensor.data as Float32Array).map((x) => heldIn(element, x)) };
}

/** The place of the trouble in a result; null where it does not show. */
function placeOf({ problem, number }: FoundTrouble, { data }: Tensor): number | null {
  let place: number | null = null;
  for (let at = 0; at < data.length; at++) {
    const x = Number(data[at]);
    if (problem === 'NaN' ? Number.isNaN(x) : x === number) return at;
    // The largest number of the batch is the witness where it is about size.
    if (Number.isFinite(x) && (place === null || Math.abs(x) > Math.abs(Number(data[place])))) place = at;
  }
  return problem === 'NaN' || problem === 'infinity' || problem === 'underflow' ? null : place;
}

/** What the node does at a place of its result. */
function deed({ node, number, problem }: FoundTrouble, [result, ...operands]: readonly Tensor[], at: number): string {
  if (!node) return `holds ${spelled(number)}`;
  const outcome = spelled(Number(result.data[at]));
  if (problem !== 'NaN' && problem !== 'infinity') {
    const [first] = numbersAt(result, operands, at);
    return `makes ${outcome}${first === undefined ? '' : ` of ${first}`}`;
  }
  return deedOf(node.op, numbersAt(result, operands, at), outcome);
}

/** The operands of one element of an elementwise result; empty where the result is not elementwise. */
function numbersAt({ shape }: Tensor, operands: readonly Tensor[], at: number): string[] {
  const broadcasts = (from: readonly number[]) =>
    from.length <= shape.length &&
    from.every((dim, axis) => dim === 1 || dim === shape[shape.length - from.length + axis]);
  if (!operands.every((operand) => broadcasts(operand.shape))) return [];
  if (!operands.some((operand) => sizeOf(operand.shape) === sizeOf(shape))) return [];
  return operands.map((operand) => spelled(Number(operand.data[placeIn(operand.shape, shape, at)])));
}

/** What fed a node: the nodes, inputs or weights that its operands come from, the largest operand first. */
export function fedBy(values: SeenValues, { node }: FoundTrouble): string {
  if (!node) return 'the data';
  const operands = values.operands(node);
  const bad = operands.filter(({ seen }) => seen.nan || !Number.isFinite(seen.high) || !Number.isFinite(seen.low));
  const varying = operands.filter(({ name }) => !values.isWritten(name));
  const [some = []] = [bad, varying, operands].filter((list) => list.length > 0);
  const sorted = [...some].sort((a, b) => sizeOfSeen(b.seen) - sizeOfSeen(a.seen));
  return [...new Set(sorted.map(({ name }) => labelOf(values, name)))].slice(0, 3).join(' and ');
}

function labelOf(values: SeenValues, name: string): string {
  const node = values.producer(name);
  if (node) return `${node.op} "${node.name}"`;
  const kind = values.kindOf(name);
  return `${kind === 'written' ? 'constant' : kind} «${name}»`;
}
