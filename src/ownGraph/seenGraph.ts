import type { SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { isFloat } from '../graph/tensor';
import type { FloatElement } from './floatElements';
import { outerReads } from './outerReads';
import type { Seen } from './probes';

/** The user's own graph together with what was seen of its values. */
export interface SeenGraph {
  /** In topological order. */
  nodes: readonly SourceNode[];
  inputs: readonly string[];
  outputs: readonly string[];
  initializers: ReadonlyMap<string, Tensor>;
  /** Names of the initializers that are parameters. */
  trained: ReadonlySet<string>;
  elements: ReadonlyMap<string, FloatElement>;
  seen: ReadonlyMap<string, Seen>;
}

/** Where the numbers of a value come from in the end. */
export type Origin = { kind: 'written' | 'parameter' | 'input'; name: string } | { kind: 'made'; name: string };

/** Operators whose result the file holds. */
const WRITTEN = new Set(['Constant', 'ConstantOfShape']);

/** Answers questions about values of a graph that ran. */
export class SeenValues {
  private readonly links: Links;

  /** @param like values of the same graph in another run, whose links are shared */
  constructor(
    readonly graph: SeenGraph,
    like?: SeenValues,
  ) {
    this.links = like?.links ?? linksOf(graph);
  }

  of(name: string): Seen | null {
    return this.graph.seen.get(name) ?? this.constant(name);
  }

  producer(name: string): SourceNode | null {
    return this.links.producers.get(name) ?? null;
  }

  readersOf(name: string): readonly SourceNode[] {
    return this.links.readers.get(name) ?? [];
  }

  /** Whether the value depends on a parameter. */
  moves(name: string): boolean {
    return this.links.moving.has(name);
  }

  /** The operands of a node that are floating numbers, with what was seen of them. */
  operands({ inputs }: SourceNode): { name: string; seen: Seen }[] {
    return inputs.flatMap((name) => {
      const seen = name === '' ? null : this.of(name);
      return seen ? [{ name, seen }] : [];
    });
  }

  /**
   * Follows the largest operand for as long as it is as large as the result. A number that a mask or a bound wrote into
   * the file thus leads back to the file, and one that grew on the way leads to the node where it grew.
   */
  originOf(name: string): Origin {
    for (let at = name; ;) {
      const node = this.links.producers.get(at);
      if (!node || this.graph.trained.has(at)) return { kind: this.kindOf(at), name: at };
      if (WRITTEN.has(node.op)) return { kind: 'written', name: at };
      const size = sizeOfSeen(this.of(at));
      const [largest] = this.operands(node).sort((a, b) => sizeOfSeen(b.seen) - sizeOfSeen(a.seen));
      // Two masks that are added double the number.
      if (!largest || 2.01 * sizeOfSeen(largest.seen) < size) return { kind: 'made', name: at };
      at = largest.name;
    }
  }

  /** Whether the file itself holds the numbers of a value. */
  isWritten(name: string): boolean {
    const node = this.producer(name);
    // The narrowed constants of a float16 file come out of a Cast.
    if (node?.op === 'Cast') return this.isWritten(node.inputs[0]);
    return node ? WRITTEN.has(node.op) : this.kindOf(name) === 'written';
  }

  /** What a value is that no node makes. */
  kindOf(name: string): 'written' | 'parameter' | 'input' {
    if (this.graph.trained.has(name)) return 'parameter';
    return this.graph.initializers.has(name) ? 'written' : 'input';
  }

  private constant(name: string): Seen | null {
    const known = this.links.constants.get(name);
    if (known !== undefined) return known;
    const tensor = this.graph.initializers.get(name);
    const seen = tensor && isFloat(tensor.dtype) ? seenOf(tensor.data as Float32Array) : null;
    this.links.constants.set(name, seen);
    return seen;
  }
}

/** How the values of a graph hang together. */
interface Links {
  producers: ReadonlyMap<string, SourceNode>;
  readers: ReadonlyMap<string, readonly SourceNode[]>;
  /** Values that depend on a parameter. */
  moving: ReadonlySet<string>;
  /** What was seen of initializers, which are read when they are first asked for. */
  constants: Map<string, Seen | null>;
}

function linksOf({ nodes, trained }: SeenGraph): Links {
  const producers = new Map<string, SourceNode>();
  const readers = new Map<string, SourceNode[]>();
  const moving = new Set(trained);
  for (const node of nodes) {
    for (const name of node.outputs) producers.set(name, node);
    const read = new Set([...node.inputs, ...outerReads(node)]);
    for (const name of read) {
      const known = readers.get(name);
      if (known) known.push(node);
      else readers.set(name, [node]);
    }
    if ([...read].some((name) => moving.has(name))) for (const name of node.outputs) moving.add(name);
  }
  return { producers, readers, moving, constants: new Map() };
}

/** Largest absolute number of a value; 0 where nothing was seen. */
export function sizeOfSeen(seen: Seen | null): number {
  return seen ? Math.max(Math.abs(seen.high), Math.abs(seen.low)) : 0;
}

/** What is to be seen of numbers on this side. */
export function seenOf(numbers: ArrayLike<number>): Seen {
  const seen = { nan: false, high: -Infinity, low: Infinity, least: Infinity };
  for (let i = 0; i < numbers.length; i++) {
    const x = numbers[i];
    if (Number.isNaN(x)) {
      seen.nan = true;
      continue;
    }
    if (x > seen.high) seen.high = x;
    if (x < seen.low) seen.low = x;
    if (Math.abs(x) < seen.least) seen.least = Math.abs(x);
  }
  return numbers.length === 0 ? { nan: false, high: 0, low: 0 } : seen;
}
