import { UserError } from '../errors';
import { machineBytes } from '../options/memory';
import type { MemoryPlan } from './memoryPlan';

/** Bytes that an analysis is expected to take at its largest, and what for. */
export interface MemoryNeed {
  /** θ, and what the file holds besides. */
  weights: number;
  /** Derived graphs at work: weights as their constants, laid out anew for backward products, and intermediate results. */
  graphs: number;
  /** What Hessian products read of every batch, kept for the next one. */
  residuals: number;
  /** Lanczos vectors. */
  basis: number;
  total: number;
}

export interface MemoryFacts {
  /** Number of parameters. */
  dim: number;
  /** Bytes of all intermediate results of a forward pass of one batch. */
  activationBytes: number;
  batches: number;
  /** Vectors of the Krylov bases that are wanted at once: probes times steps. */
  krylovVectors: number;
  /** False: only losses are measured. */
  derivatives: boolean;
}

/** Node.js, the runtime and this program. */
const PROGRAM_BYTES = 150 * 2 ** 20;
/** Copies of the weights in the file's bytes and in θ. */
const STORED = 2;
/**
 * Copies of the weights in the sessions at work at once, in vectors fed and returned, and in weights laid out anew;
 * intermediate results of derived graphs and their sessions, in those of a forward pass. Rough, from what AlexNet,
 * SqueezeNet and ShuffleNet took (`npm run zoo`).
 */
const WORKING = { value: { weights: 3, activations: 3 }, derivatives: { weights: 11, activations: 30 } };
/** Residuals of a Hessian product, in intermediate results of a forward pass. */
const RESIDUALS = 3;

/**
 * What an analysis will take at its largest, before anything is compiled:
 *   P + s·W + w·W + a·A + min(r·A·b, R) + min(W·k, K)
 * with W = 4·dim bytes of weights, A bytes of a forward pass, b batches, k Krylov vectors; R and K are what the plan gives
 * to residuals and to Krylov vectors, which make do with it.
 * An estimate, and meant to be high rather than low: kernels take room for themselves that nothing here knows.
 */
export function memoryNeed(facts: MemoryFacts, plan: Pick<MemoryPlan, 'residualBytes' | 'basisBytes'>): MemoryNeed {
  const { dim, activationBytes, batches, krylovVectors, derivatives } = facts;
  const weightBytes = 4 * dim;
  const working = derivatives ? WORKING.derivatives : WORKING.value;
  const need = {
    weights: PROGRAM_BYTES + STORED * weightBytes,
    graphs: working.weights * weightBytes + working.activations * activationBytes,
    residuals: derivatives ? Math.min(RESIDUALS * activationBytes * batches, plan.residualBytes) : 0,
    basis: derivatives ? Math.min(weightBytes * krylovVectors, plan.basisBytes) : 0,
  };
  return { ...need, total: need.weights + need.graphs + need.residuals + need.basis };
}

/**
 * The sentence that tells beforehand.
 * @throws UserError where even what cannot be made smaller does not fit
 */
export function toldMemory({ total, weights, graphs }: MemoryNeed, path: string, machine = machineBytes()): string {
  if (weights + graphs <= machine) {
    return `The analysis will take up to about ${gib(total)} of memory; this machine has ${gib(machine)}.`;
  }
  throw new UserError({
    what: `The analysis would take about ${gib(total)} of memory; this machine has ${gib(machine)}.`,
    where: [path],
    action:
      'Differentiate a part of the model (--parameters GLOB), take fewer samples at once (--batch), or measure losses alone (--only loss,lines,plane).',
  });
}

export function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
