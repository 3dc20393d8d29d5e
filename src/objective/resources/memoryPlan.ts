import { machineBytes } from '../../options/memory';

/** What an analysis may take of the memory it was given, in bytes. */
export interface MemoryPlan {
  /** Residuals kept of all batches together; beyond it they are computed again for each product. */
  residualBytes: number;
  /** Vectors of a Krylov basis. */
  basisBytes: number;
  /** Compiled programs of all lanes, each with its own copies of the weights; beyond it those used longest ago are released. */
  programBytes: number;
  /** Intermediate results of a forward pass over one batch, of which each lane runs one. */
  activationBytes: number;
  /** Vectors pushed through the tangent graph at once. */
  block: number;
  /** Below this the model cannot be analysed: what is then taken is more than was given. */
  leastBytes: number;
}

/** The process before it has read anything: code, runtime, the page's script. */
const BASE_BYTES = 256 * 2 ** 20;
/** θ, gradient, its direction, two random ones and the second made orthogonal, an eigenvector of each end. */
const HELD_VECTORS = 8;
/** More vectors at once share no more work; ten are the probes of a density and the least of a trace. */
const BLOCK = 10;
/** Copies of each that a product holds beside the session's: the vector, stacked, in float64 (two), as result. */
export const VECTOR_COPIES = 5;
/**
 * Copies of each of them that a session keeps in its arena, measured on a network of 24 million weights; sessions of
 * larger ones have none (`engine/runtime.ts`) and take what a run needs while it runs.
 */
const ARENA_COPIES = 4;
const RUN_COPIES = 2;
const ARENA_DIM = 2 ** 24;
/** Copies of the weights in a session: its own, and what it packs of them. Measured: 1.5 to 1.8. */
const WEIGHT_COPIES = 2;
/** Copies more while a session is made: the graph as it is written, and as the runtime reads it. */
const MAKING_COPIES = 2;
/** A basis that finds one eigenpair: restarts included, fewer vectors learn nothing. */
const LEAST_BASIS = 6;
/** A basis that finds the default eigenpairs, twice as long as they are many and a little more. */
const SHORT_BASIS = 20;
/** No basis of Lanczos vectors is longer. */
const BASIS_VECTORS = 512;
/** Intermediate results of a forward pass that one run should not exceed: beyond it caches suffer as well. */
const ACTIVATION_BYTES = 32 * 2 ** 20;
/** Smaller batches would cost more time than they save memory: each run reads all weights. */
const LEAST_ACTIVATION_BYTES = 2 ** 23;
/** Intermediate results of forward passes that a product holds, whatever their number, and for each of its vectors. */
const PASSES_SHARED = 5;
const PASSES_EACH = 3;

/** Residuals of a Hessian product, in intermediate results of a forward pass. */
export const RESIDUAL_PASSES = 3;

/**
 * How many times the intermediate results of a forward pass a Hessian product of `block` vectors holds. Measured at 1 and 4
 * vectors: 2.6 and 6 (ResNet-50), 2.5 and 6.2 (MobileNetV3), 5 and 7 (ResNet-18).
 */
export const passesOf = (block: number) => PASSES_SHARED + PASSES_EACH * block;

/** The process, and vectors that are there whatever is measured. */
export function heldBytes(dim: number): number {
  return BASE_BYTES + HELD_VECTORS * 4 * dim;
}

/** What `sessions` sessions take that have the weights inside and push `count` vectors through. */
export function sessionBytes(dim: number, sessions: number, count: number): number {
  const copies = dim < ARENA_DIM ? ARENA_COPIES : RUN_COPIES;
  return (sessions * WEIGHT_COPIES + copies * count) * 4 * dim;
}

/** Of products: both halves of the graph, and where residuals of some batches are not kept, the whole of it. */
export const PRODUCT_SESSIONS = 3;

/** One product's programs, and what making them takes. */
export function leastSessionBytes(dim: number): number {
  return sessionBytes(dim, 2, 1) + MAKING_COPIES * 4 * dim;
}

/** What all programs of an analysis take together: its loss, gradient, plane, products of one vector and of a block. */
export function programsBytes(dim: number, block: number): number {
  const products = (count: number) => 2 * sessionBytes(dim, PRODUCT_SESSIONS, count);
  const single = sessionBytes(dim, 1, 0) + sessionBytes(dim, 1, 1) + sessionBytes(dim, 0, 1) + products(1);
  return single + products(block) + sessionBytes(dim, 1, block);
}

/** Share of the machine that an analysis may take when nothing is said, and more than that only for models that need it. */
const SHARE = 1 / 4;
const MOST = 0.9;

/**
 * The plan for what was asked for (`--memory`), else for a quarter of the machine; a model that cannot be analysed
 * within that gets what it needs and a short Krylov basis, as far as the machine goes.
 * @param machine its memory
 */
export function planFor(
  { memoryBytes }: { memoryBytes: number | null },
  dim: number,
  { machine = machineBytes(), batchBytes = 0, lanes = 1 }: { machine?: number } & Partial<BatchesInMemory> = {},
) {
  const least = planMemory(0, dim, { batchBytes }).leastBytes + (SHORT_BASIS - LEAST_BASIS) * 4 * dim;
  const given = memoryBytes ?? Math.max(SHARE * machine, Math.min(MOST * machine, least));
  const plan = planMemory(given, dim, { lanes });
  const shares = batchBytes > plan.activationBytes ? planMemory(given, dim, { batchBytes, lanes }) : plan;
  return { ...shares, memoryBytes: given };
}

/** Batches that are computed at a time. */
export interface BatchesInMemory {
  /** Intermediate results of a forward pass of one, where known: a single sample may take more than a plan gives a batch. */
  batchBytes: number;
  /** How many run side by side. */
  lanes: number;
}

/**
 * Shares out a memory budget for θ of `dim` float32 numbers. What is held whatever happens comes first, then vectors in
 * flight, an eighth of the rest, but at least one, and as many as half of it holds intermediate results of, then the
 * residuals of a batch, another eighth at most, then a short Krylov basis. Of what then remains a quarter each goes to
 * intermediate results, to programs and to a longer basis, each only as far as it can be used, and residuals get what is
 * left: for a small model nearly everything. Each lane has programs and intermediate results of its own.
 */
export function planMemory(
  memoryBytes: number,
  dim: number,
  { batchBytes = 0, lanes = 1 }: Partial<BatchesInMemory> = {},
): MemoryPlan {
  const vector = 4 * dim;
  const leastActivation = Math.max(LEAST_ACTIVATION_BYTES, batchBytes);
  // One product's programs with their intermediate results and the shortest basis are there whatever the budget.
  const perLane = leastSessionBytes(dim) + leastActivation * passesOf(1);
  const fixed = heldBytes(dim) + lanes * perLane + LEAST_BASIS * vector;
  const free = Math.max(0, memoryBytes - fixed);
  const inFlight = VECTOR_COPIES * lanes * vector;
  const inRun = PASSES_EACH * lanes * leastActivation;
  const held = Math.floor(free / 8 / inFlight);
  const block = Math.min(BLOCK, Math.max(1, Math.min(held, 1 + Math.floor(free / 2 / inRun))));
  const rest = Math.max(0, free - block * inFlight - (block - 1) * inRun);
  const first = Math.min(rest / 8, RESIDUAL_PASSES * leastActivation);
  const short = Math.min(rest - first, (SHORT_BASIS - LEAST_BASIS) * vector);
  const spare = rest - first - short;
  const shortBasis = LEAST_BASIS * vector + short;
  const longer = Math.min(Math.floor(spare / 4), BASIS_VECTORS * vector - shortBasis);
  const passes = passesOf(block) * lanes;
  const mostWider = Math.max(0, ACTIVATION_BYTES - leastActivation);
  const wider = Math.min(Math.floor(spare / 4 / passes), mostWider);
  const programBytes = Math.min(Math.floor(spare / 4), lanes * programsBytes(dim, block));
  return {
    residualBytes: first + spare - longer - wider * passes - programBytes,
    basisBytes: shortBasis + longer,
    programBytes,
    activationBytes: leastActivation + wider,
    block,
    leastBytes: fixed + inFlight,
  };
}
