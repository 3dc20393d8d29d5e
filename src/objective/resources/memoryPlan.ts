import { machineBytes } from '../../options/memory';

/** How an analysis divides the memory it was given, in bytes. */
export interface MemoryPlan {
  /** Residuals kept for all batches together; those that do not fit are computed again for each product. */
  residualBytes: number;
  /** Vectors of a Krylov basis. */
  basisBytes: number;
  /**
   * Compiled programs of all lanes, each with its own copies of the weights; the least recently used are released
   * first.
   */
  programBytes: number;
  /** Intermediate results of a forward pass over one batch; each lane runs one batch at a time. */
  activationBytes: number;
  /** Number of vectors that the tangent graph takes at once. */
  block: number;
  /** The least memory that the model can be analysed in; with a smaller budget, the analysis exceeds it. */
  leastBytes: number;
}

/** Memory of the process before it has read anything: code, runtime, the page's script. */
const BASE_BYTES = 256 * 2 ** 20;
/**
 * Vectors: θ, gradient, its direction, two random ones, the second of them orthogonalized, an eigenvector of each end.
 */
const HELD_VECTORS = 8;
/** More vectors at once would not share more work. A density uses ten probes, and a trace at least ten. */
const BLOCK = 10;
/**
 * Copies of each vector that a product holds besides those in the session: the vector, stacked, in float64 (two),
 * result.
 */
export const VECTOR_COPIES = 5;
/**
 * Copies of each vector that a session keeps in its arena, measured on a network of 24 million weights. Sessions of
 * larger networks have no arena (`engine/runtime.ts`) and allocate memory only while they run.
 */
const ARENA_COPIES = 4;
const RUN_COPIES = 2;
const ARENA_DIM = 2 ** 24;
/** Copies of the weights in a session: its own, and those that it packs for its kernels. Measured: 1.5 to 1.8. */
const WEIGHT_COPIES = 2;
/** Additional copies while a session is made: the graph as it is written, and as the runtime reads it. */
const MAKING_COPIES = 2;
/** Length of a basis that finds one eigenpair. A shorter one makes no progress, even with restarts. */
const LEAST_BASIS = 6;
/** Length of a basis that finds the default eigenpairs: a little more than twice their number. */
const SHORT_BASIS = 20;
/** Longest basis of Lanczos vectors. */
const BASIS_VECTORS = 512;
/** Bytes of intermediate results of a forward pass that one run should not exceed: larger runs also miss the caches. */
const ACTIVATION_BYTES = 32 * 2 ** 20;
/** Smaller batches would cost more time than they save memory, because each run reads all weights. */
const LEAST_ACTIVATION_BYTES = 2 ** 23;
/**
 * Intermediate results that a product holds, in forward passes: a fixed number, and a number for each of its vectors.
 */
const PASSES_SHARED = 5;
const PASSES_EACH = 3;

/** Size of the residuals of a Hessian product, in units of the intermediate results of a forward pass. */
export const RESIDUAL_PASSES = 3;

/**
 * Memory of a Hessian product of `block` vectors, in units of the intermediate results of a forward pass. Measured at 1
 * and 4 vectors: 2.6 and 6 (ResNet-50), 2.5 and 6.2 (MobileNetV3), 5 and 7 (ResNet-18).
 */
export const passesOf = (block: number) => PASSES_SHARED + PASSES_EACH * block;

/** Memory of the process and of the vectors that are held in every case. */
export function heldBytes(dim: number): number {
  return BASE_BYTES + HELD_VECTORS * 4 * dim;
}

/** Memory of `sessions` sessions that have the weights inside and push `count` vectors through. */
export function sessionBytes(dim: number, sessions: number, count: number): number {
  const copies = dim < ARENA_DIM ? ARENA_COPIES : RUN_COPIES;
  return (sessions * WEIGHT_COPIES + copies * count) * 4 * dim;
}

/**
 * Sessions of a product: both halves of the graph and, where residuals of some batches are not kept, the whole graph.
 */
export const PRODUCT_SESSIONS = 3;

/** Memory of one product's programs while they are being made. */
export function leastSessionBytes(dim: number): number {
  return sessionBytes(dim, 2, 1) + MAKING_COPIES * 4 * dim;
}

/** Memory of all programs of an analysis: its loss, gradient, plane, products of one vector and of a block. */
export function programsBytes(dim: number, block: number): number {
  const products = (count: number) => 2 * sessionBytes(dim, PRODUCT_SESSIONS, count);
  const single = sessionBytes(dim, 1, 0) + sessionBytes(dim, 1, 1) + sessionBytes(dim, 0, 1) + products(1);
  return single + products(block) + sessionBytes(dim, 1, block);
}

/** Share of the machine's memory that an analysis may take by default. Models that need more get more. */
const SHARE = 1 / 4;
const MOST = 0.9;

/**
 * Makes the plan for the memory that the user set (`--memory`), by default for a quarter of the machine. A model that
 * cannot be analysed within the default gets what it needs and a short Krylov basis, as far as the machine's memory
 * goes.
 * @param machine bytes of memory of the machine
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

/** The batches that are computed at the same time. */
export interface BatchesInMemory {
  /**
   * Bytes of one batch's intermediate results, where known: a single sample may exceed the plan's share for a batch.
   */
  batchBytes: number;
  /** Number of batches that run at once. */
  lanes: number;
}

/**
 * Divides a memory budget for θ of `dim` float32 numbers. First comes the memory that is held in every case. Next come
 * the vectors that are pushed through at once: they get an eighth of the rest, but there is at least one, and at most
 * as many as have intermediate results that fit in half of the rest. Then come the residuals of a batch, with another
 * eighth at most, and a short Krylov basis. A quarter each of what remains goes to intermediate results, to programs
 * and to a longer basis, but only as far as it can be used. Residuals get what is left, which for a small model is
 * nearly everything. Each lane has programs and intermediate results of its own.
 */
export function planMemory(
  memoryBytes: number,
  dim: number,
  { batchBytes = 0, lanes = 1 }: Partial<BatchesInMemory> = {},
): MemoryPlan {
  const vector = 4 * dim;
  const leastActivation = Math.max(LEAST_ACTIVATION_BYTES, batchBytes);
  // One product's programs with their intermediate results and the shortest basis are needed whatever the budget.
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
