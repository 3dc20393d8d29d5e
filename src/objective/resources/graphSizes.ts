import { keepsArena } from '../../engine/runtime';
import { factorSize, flops } from '../../graph/cost';
import type { Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import { evenGroupSize, turnGroupSize } from '../../numerics/evenGroups';

/** The work in products of several vectors. */
export interface ProductWork {
  /** Operations of a forward pass over all of the data. */
  flops: number;
  /** Operators of a forward pass. */
  operators: number;
  /** Length of θ. */
  dim: number;
  /** Numbers in the right factor of a product, on average (`factorSize`). */
  factor: number;
  /** Number of vectors that are pushed together repeatedly (the probes of a density), and how often. */
  longRun: { vectors: number; calls: number };
}

/** Operations of a forward pass per second of a one-vector product. The product does at least three times as many. */
const FLOPS_PER_SECOND = 8e9;
/**
 * Vectors share work where the products of a single vector are too small to use the processor fully. From factors of
 * this size on, they are not. Processor time per vector, four at once against one: 0.78 (LeNet, factors of 5 k
 * numbers), 0.70 and 1.05 (residual networks, 12 k and 49 k), 0.74 (transformer, 13 k); with millions, 1.1 to 1.6
 * (ResNet, ViT-B/16, BERT).
 */
const WIDE_FACTOR = 2 ** 15;
/** Time to differentiate, write and open a graph, for each operator of the forward pass. */
const SECONDS_PER_OPERATOR = 1.5e-3;
/** Share of the time that pushing vectors together saves. */
const SAVED = 1 / 5;
/** How many times longer the first run of a session takes, because it touches the memory that later runs reuse. */
const FIRST_RUN = 3;

/**
 * Decides for which numbers of vectors to make a separate graph. Vectors that are pushed together share work, but each
 * number of them needs its own graph, and a session with memory for everything that runs through it. On small models
 * that costs more than it ever saves: a quick analysis of an LSTM spent two thirds of its time on fifteen graphs for
 * numbers that occurred once. The decision depends only on sizes, never on times, because an analysis that is continued
 * has to arrive at the same numbers.
 */
export class GraphSizes {
  constructor(private readonly work: ProductWork | null) {}

  /** Puts every number of vectors in one graph. */
  static readonly any = new GraphSizes(null);

  /** Splits `count` vectors into the groups that are pushed through products at θ. */
  ofProducts(count: number): number[] {
    const { vectors, calls } = this.work?.longRun ?? { vectors: 0, calls: 0 };
    return this.parted(count, (size) => this.pays(size, size === vectors ? calls : 1));
  }

  /** Splits `count` vectors for graphs that run only a few times. */
  ofOthers(count: number): number[] {
    return this.parted(count, (size) => this.pays(size, 1));
  }

  private parted(count: number, pays: (size: number) => boolean): number[] {
    const parts: number[] = [];
    for (let left = count; left > 0; left -= parts[parts.length - 1]) {
      let size = left;
      while (size > 1 && !pays(size)) size--;
      parts.push(size);
    }
    return parts;
  }

  private pays(size: number, calls: number): boolean {
    if (!this.work) return true;
    const { flops, operators, dim, factor } = this.work;
    if (factor >= WIDE_FACTOR) return false;
    const run = (size * flops) / FLOPS_PER_SECOND;
    const firstRun = keepsArena(4 * dim) ? FIRST_RUN * run : 0;
    return calls * SAVED * run > operators * SECONDS_PER_OPERATOR + firstRun;
  }
}

/** The vectors that an analysis pushes through graphs of a model. */
interface PushedVectors {
  /** Length of θ. */
  dim: number;
  /** Batches of the data. */
  batches: number;
  probes: number;
  lanczosSteps: number;
  /** Largest number of vectors that go through a graph at once. */
  block: number;
  /** Number of batches that are computed at once. */
  lanes: number;
}

/** Makes the graph sizes for an analysis, most of whose products are for the probes of the density. */
export function graphSizes(
  output: Value,
  { dim, batches, probes, lanczosSteps, block, lanes }: PushedVectors,
): GraphSizes {
  const vectors = (lanes > 1 ? turnGroupSize : evenGroupSize)(probes, block);
  const longRun = { vectors, calls: Math.ceil(probes / vectors) * lanczosSteps };
  const operators = nodesOf([output]).length;
  return new GraphSizes({ flops: batches * flops([output]), operators, dim, factor: factorSize([output]), longRun });
}
