import { keepsArena } from '../../engine/runtime';
import { factorSize, flops } from '../../graph/cost';
import type { Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import { evenGroupSize, turnGroupSize } from '../../numerics/evenGroups';

/** What products of several vectors have to do. */
export interface ProductWork {
  /** Of a forward pass over all of the data. */
  flops: number;
  /** Operators of a forward pass. */
  operators: number;
  /** Length of θ. */
  dim: number;
  /** Numbers in the right factor of a product, on average (`factorSize`). */
  factor: number;
  /** Vectors that are pushed together again and again, and how often: the probes of a density. */
  longRun: { vectors: number; calls: number };
}

/** A product of one vector takes about as long as so many operations of a forward pass in a second: three times the least. */
const FLOPS_PER_SECOND = 8e9;
/**
 * Vectors share work where the products of one are too small to use the processor: from factors of this size on they do
 * not. Processor time per vector, four at once against one: 0.78 (LeNet, factors of 5 k numbers), 0.70 and 1.05 (residual
 * networks, 12 k and 49 k), 0.74 (transformer, 13 k); with millions, 1.1 to 1.6 (ResNet, ViT-B/16, BERT).
 */
const WIDE_FACTOR = 2 ** 15;
/** To differentiate, write and open a graph, for each operator of the forward pass. */
const SECONDS_PER_OPERATOR = 1.5e-3;
/** Share of the time that vectors save when they are pushed together. */
const SAVED = 1 / 5;
/** A session's first run takes so much longer: it touches the memory that it keeps for those after it. */
const FIRST_RUN = 3;

/**
 * For which numbers of vectors a graph of their own is made. Vectors pushed together share work, but each number of them
 * takes a graph, and its session memory for all that runs through it, which on small models costs more than it ever saves:
 * a quick analysis of an LSTM made fifteen graphs for numbers that came once, in two thirds of its time. From sizes alone,
 * never from times: an analysis that is continued has to come to the same figures.
 */
export class GraphSizes {
  constructor(private readonly work: ProductWork | null) {}

  /** Every number of vectors in one graph. */
  static readonly any = new GraphSizes(null);

  /** How `count` vectors are parted that are pushed through products at θ. */
  ofProducts(count: number): number[] {
    const { vectors, calls } = this.work?.longRun ?? { vectors: 0, calls: 0 };
    return this.parted(count, (size) => this.pays(size, size === vectors ? calls : 1));
  }

  /** The same for graphs that are run a few times. */
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

/** What an analysis pushes through graphs of a model. */
interface PushedVectors {
  /** Length of θ. */
  dim: number;
  /** Batches of the data. */
  batches: number;
  probes: number;
  lanczosSteps: number;
  /** Vectors that go through a graph at once, at most. */
  block: number;
  /** How many batches are computed side by side. */
  lanes: number;
}

/** As such an analysis needs them: the probes of the density take most of its products. */
export function graphSizes(
  output: Value,
  { dim, batches, probes, lanczosSteps, block, lanes }: PushedVectors,
): GraphSizes {
  const vectors = (lanes > 1 ? turnGroupSize : evenGroupSize)(probes, block);
  const longRun = { vectors, calls: Math.ceil(probes / vectors) * lanczosSteps };
  const operators = nodesOf([output]).length;
  return new GraphSizes({ flops: batches * flops([output]), operators, dim, factor: factorSize([output]), longRun });
}
