import type { SourceNode } from '../graph/source';
import { FLOAT_RANGES } from './floatElements';
import type { FloatElement } from './floatElements';
import type { Seen } from './probes';
import type { SeenValues } from './seenGraph';
import { sizeOfSeen } from './seenGraph';

/** What is wrong with the numbers of a node. */
export type NumericalProblem =
  'NaN' | 'infinity' | 'underflow' | 'little headroom' | 'float16 overflow' | 'bfloat16 overflow';

/** A node of the user's own graph whose numbers are in trouble. */
export interface FoundTrouble {
  problem: NumericalProblem;
  /** The value that shows it. */
  value: string;
  /** Null where an input holds such numbers. */
  node: SourceNode | null;
  element: FloatElement;
  /** NaN, ±∞, 0, or the number of largest size. */
  number: number;
  /** How many times larger, or for a logarithm smaller, the number could be; only for little headroom. */
  factor?: number;
  /** Whether an output of the model then holds NaN or ∞. */
  reaches: boolean;
}

/** Headroom is told from this factor down. Whether it is too little is for the verdict to say. */
const TOLD_HEADROOM = 100;

/** At most so many nodes that make NaN or ∞ are named. */
const MOST_MAKERS = 8;

/** Operators that turn −∞ into −∞ or a finite number, but never into +∞, and +∞ never into −∞. */
const MONOTONE = new Set(
  ['Exp', 'Softmax', 'LogSoftmax', 'Add', 'Sum', 'Max', 'Min', 'Where', 'Identity', 'Cast', 'Relu', 'Sigmoid'].concat([
    'Tanh',
    'Clip',
    'Sqrt',
    'Log',
    'Reshape',
    'Transpose',
    'Concat',
    'Slice',
    'Expand',
    'Unsqueeze',
    'Squeeze',
  ]),
);

/**
 * Finds the nodes of a graph that make NaN or ∞ of other numbers, in the order of the graph; the node that is nearest to
 * the end of its type; and the first nodes that lose a number to 0 where its logarithm is taken or it is divided by, or
 * that would overflow in float16 or bfloat16.
 *
 * Some such numbers are meant and no trouble: −∞ and huge negative numbers that masks wrote into the file, −∞ that no
 * parameter has a part in (the logarithm of a mask), and a NaN that the graph itself looks for with IsNaN.
 */
export function troublesOf(values: SeenValues): FoundTrouble[] {
  const { inputs, nodes, elements } = values.graph;
  const bad = nonFiniteOutputs(values);
  const makers: FoundTrouble[] = [];
  const first = new Map<NumericalProblem, FoundTrouble>();
  let tightest: FoundTrouble | null = null as FoundTrouble | null;
  const visit = (value: string, node: SourceNode | null) => {
    const element = elements.get(value);
    const seen = values.of(value);
    if (!element || !seen) return;
    const found = (problem: NumericalProblem, number: number): FoundTrouble => ({
      ...{ problem, value, node, element, number },
      reaches: (problem === 'NaN' || problem === 'infinity') && reaches(values, value, bad),
    });
    const made = madeNonFinite(values, value, node, seen);
    if (made !== null) makers.push(found(Number.isNaN(made) ? 'NaN' : 'infinity', made));
    else if (isLost(values, value, node, seen)) note(first, found('underflow', 0));
    for (const [problem, limit] of limitsOf(element)) {
      const number = first.has(problem) ? null : beyond(values, value, seen, limit);
      if (number !== null) note(first, found(problem, number));
    }
    const [number, factor] = headroomAt(values, value, node, seen, element);
    if (factor < (tightest?.factor ?? TOLD_HEADROOM)) tightest = { ...found('little headroom', number), factor };
  };
  for (const input of inputs) visit(input, null);
  for (const node of nodes) for (const output of node.outputs) visit(output, node);
  return [...makers.slice(0, MOST_MAKERS), ...(tightest ? [tightest] : []), ...first.values()];
}

function note(first: Map<NumericalProblem, FoundTrouble>, found: FoundTrouble): void {
  if (!first.has(found.problem)) first.set(found.problem, found);
}

/** The narrower types in which a value of this type may overflow, with the largest number that they hold. */
function limitsOf(element: FloatElement): [NumericalProblem, number][] {
  const { largest } = FLOAT_RANGES[element];
  const narrower = (['float16', 'bfloat16'] as const).filter((other) => FLOAT_RANGES[other].largest < largest);
  return narrower.map((other) => [`${other} overflow`, FLOAT_RANGES[other].largest]);
}

/** NaN or ±∞ where the node made it of other numbers and it is not meant; null otherwise. */
function madeNonFinite(values: SeenValues, value: string, node: SourceNode | null, seen: Seen): number | null {
  const operands = node ? values.operands(node) : [];
  const caught = () => values.readersOf(value).some(({ op }) => op === 'IsNaN') && isReplaced(values, value);
  if (seen.nan && !operands.some(({ seen: { nan } }) => nan) && !caught()) return NaN;
  const signs = !node || !MONOTONE.has(node.op);
  const [above, below] = [
    operands.some((o) => o.seen.high === Infinity),
    operands.some((o) => o.seen.low === -Infinity),
  ];
  if (seen.high === Infinity && !above && !(signs && below)) return Infinity;
  if (seen.low === -Infinity && !below && !(signs && above) && !isMeant(values, value, node)) return -Infinity;
  return null;
}

/** Whether −∞ comes of a mask: of numbers that were huge in the file already, or without any parameter. */
function isMeant(values: SeenValues, value: string, node: SourceNode | null): boolean {
  if (!node || !values.moves(value)) return true;
  const [largest] = values.operands(node).sort((a, b) => sizeOfSeen(b.seen) - sizeOfSeen(a.seen));
  const { largest: end } = FLOAT_RANGES[values.graph.elements.get(value) ?? 'float32'];
  return largest !== undefined && 2.01 * sizeOfSeen(largest.seen) >= end && isMask(values, largest.name);
}

/** Whether the largest number of a value is one that a mask wrote: negative, and there before any parameter acted. */
function isMask(values: SeenValues, value: string): boolean {
  const { kind, name } = values.originOf(value);
  if (kind === 'written') return true;
  const seen = values.of(name);
  return kind === 'input' && seen !== null && -seen.low > seen.high;
}

/** Whether everything that reads a value besides IsNaN is free of NaN. */
function isReplaced(values: SeenValues, value: string): boolean {
  return values
    .readersOf(value)
    .filter(({ op }) => op !== 'IsNaN')
    .every(({ outputs }) => outputs.every((output) => values.of(output)?.nan !== true));
}

/** The finite number of largest size, if it is beyond a limit and no mask wrote it. */
function beyond(values: SeenValues, value: string, seen: Seen, limit: number): number | null {
  const number = Math.abs(seen.low) > Math.abs(seen.high) ? seen.low : seen.high;
  if (!Number.isFinite(number) || Math.abs(number) <= limit) return null;
  return isMask(values, value) ? null : number;
}

/** The number of a node that is nearest to the end of its type, and by which factor it could still move. */
function headroomAt(
  values: SeenValues,
  value: string,
  node: SourceNode | null,
  seen: Seen,
  element: FloatElement,
): [number: number, factor: number] {
  const { largest, smallestNormal } = FLOAT_RANGES[element];
  const low = node?.op === 'Log' ? values.of(node.inputs[0])?.low : undefined;
  if (low !== undefined && low > 0 && low < TOLD_HEADROOM * smallestNormal) return [low, low / smallestNormal];
  const number = beyond(values, value, seen, largest / TOLD_HEADROOM);
  return number === null ? [0, Infinity] : [number, largest / Math.abs(number)];
}

/** Operators whose exact result is never zero for finite operands. */
const POSITIVE = new Set(['Exp', 'Softmax', 'Sigmoid', 'Softplus', 'Erfc']);
/** Operators that hand a zero on: to a logarithm, a divisor or a guard before them. */
const PASSING = new Set(
  ['Identity', 'Cast', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten', 'Expand'].concat([
    'Slice',
    'Split',
    'Gather',
    'GatherElements',
    'GatherND',
    'Concat',
    'ReduceSum',
    'ReduceMean',
    'ReduceProd',
    'Clip',
    'Max',
  ]),
);

/** Whether a node lost a number to 0, and the zero arrives where zero has no meaning. */
function isLost(values: SeenValues, value: string, node: SourceNode | null, seen: Seen): boolean {
  if (!node || seen.nan) return false;
  const masked = values
    .operands(node)
    .some(({ name, seen: { low } }) => low === -Infinity || (low < -1e3 && isMask(values, name)));
  const lost = POSITIVE.has(node.op) ? seen.low === 0 && !masked : seen.lost === true;
  return lost && arrives(values, value);
}

/** Whether a zero of this value arrives at a logarithm, as a divisor, or at a bound that stands before one. */
function arrives(values: SeenValues, value: string): boolean {
  const visited = new Set<string>();
  const pending = [value];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (visited.has(at)) continue;
    visited.add(at);
    for (const node of values.readersOf(at)) {
      if (wantsNoZero(node, at)) return true;
      // A sum with another number that is not zero takes the zero in, and does no harm.
      if (PASSING.has(node.op)) {
        const guard = node.op === 'Clip' || node.op === 'Max';
        pending.push(...node.outputs.filter((output) => guard || values.of(output)?.low === 0));
      }
    }
  }
  return false;
}

/** Whether a node takes the logarithm of a value or divides by it. */
export function wantsNoZero({ op, inputs }: SourceNode, value: string): boolean {
  return (
    (op === 'Log' && inputs[0] === value) ||
    (op === 'Reciprocal' && inputs[0] === value) ||
    (op === 'Div' && inputs[1] === value)
  );
}

/** Operators that may lose a product or quotient of two numbers to zero. */
export const isProduct = ({ op, inputs }: SourceNode): boolean => (op === 'Mul' || op === 'Div') && inputs.length === 2;

/** The outputs of the model that hold NaN or an infinity that is not meant. */
function nonFiniteOutputs(values: SeenValues): ReadonlySet<string> {
  const isBad = (name: string) => {
    const seen = values.of(name);
    return seen !== null && (seen.nan || seen.high === Infinity || (seen.low === -Infinity && values.moves(name)));
  };
  return new Set(values.graph.outputs.filter(isBad));
}

/** Whether NaN or ∞ leads from a value to one of the outputs. */
function reaches(values: SeenValues, value: string, outputs: ReadonlySet<string>): boolean {
  const visited = new Set<string>();
  const pending = [value];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (visited.has(at)) continue;
    visited.add(at);
    if (outputs.has(at)) return true;
    const seen = values.of(at);
    if (at !== value && !(seen && (seen.nan || !Number.isFinite(seen.high) || !Number.isFinite(seen.low)))) continue;
    pending.push(...values.readersOf(at).flatMap((node) => node.outputs));
  }
  return false;
}
