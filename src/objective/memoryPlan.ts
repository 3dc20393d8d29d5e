/** What an analysis may take of the memory it was given, in bytes. */
export interface MemoryPlan {
  /** Residuals kept of all batches together; beyond it they are computed again for each product. */
  residualBytes: number;
  /** Vectors of a Krylov basis. */
  basisBytes: number;
  /** Compiled programs, each with its own copies of the weights; beyond it those used longest ago are released. */
  programBytes: number;
  /** Intermediate results of a forward pass over one batch. */
  activationBytes: number;
  /** Vectors pushed through the tangent graph at once. */
  block: number;
  /** Below this the model cannot be analysed: what is then taken is more than was given. */
  leastBytes: number;
}

/** The process before it has read anything: code, runtime, the page's script. */
const BASE_BYTES = 256 * 2 ** 20;
/** The model file, θ, gradient, two directions of a plane, eigenvectors of the ends, and results on their way. */
const HELD_VECTORS = 16;
/** More vectors at once share no more work. */
const BLOCK = 8;
/** Copies of each of them that a product holds at once, in the graph and outside. */
export const VECTOR_COPIES = 8;
/** Copies of the weights in a session: its own, one packed for products, one packed for their transposes. */
export const WEIGHT_COPIES = 3;
/** All programs that an analysis compiles, the products of a block and of single vectors apart. */
const PROGRAMS = 12;
/** No basis of Lanczos vectors is longer. */
const BASIS_VECTORS = 512;
/** Intermediate results of a forward pass that one run should not exceed: beyond it caches suffer as well. */
const ACTIVATION_BYTES = 32 * 2 ** 20;
/** A Hessian product of a block holds this many times the intermediate results of a forward pass. */
const PASSES = 32;

/**
 * Shares out a memory budget for θ of `dim` float32 numbers. What is held whatever happens comes first, then vectors in
 * flight, an eighth of the rest, but at least one. Of what then remains an eighth goes to intermediate results, a quarter
 * to programs and another to the basis, each only as far as it can be used, and residuals get what is left: for a small
 * model nearly everything.
 */
export function planMemory(memoryBytes: number, dim: number): MemoryPlan {
  const vector = 4 * dim;
  const fixed = BASE_BYTES + HELD_VECTORS * vector;
  const free = Math.max(0, memoryBytes - fixed);
  const inFlight = VECTOR_COPIES * vector;
  const block = Math.min(BLOCK, Math.max(1, Math.floor(free / 8 / inFlight)));
  const rest = Math.max(0, free - block * inFlight);
  const activationBytes = Math.min(ACTIVATION_BYTES, Math.floor(rest / 8 / PASSES));
  const programBytes = Math.min(Math.floor(rest / 4), PROGRAMS * (WEIGHT_COPIES + block) * vector);
  const basisBytes = Math.min(Math.floor(rest / 4), BASIS_VECTORS * vector);
  return {
    residualBytes: rest - activationBytes * PASSES - programBytes - basisBytes,
    basisBytes,
    programBytes,
    activationBytes,
    block,
    leastBytes: fixed + inFlight + 2 * (WEIGHT_COPIES + 1) * vector,
  };
}
