import { UserError } from '../../errors';
import { machineBytes } from '../../options/memory';
import type { MemoryPlan } from './memoryPlan';
import { heldBytes, leastSessionBytes, passesOf, RESIDUAL_PASSES, sessionBytes, VECTOR_COPIES } from './memoryPlan';
import { formatBytes } from '../../text/sizes';

/** Bytes that an analysis is expected to take at its peak, by use. */
export interface MemoryNeed {
  /** The process, θ, the gradient and the other vectors that are held throughout. */
  weights: number;
  /** Compiled graphs with their copies of the weights, vectors that pass through them, intermediate results. */
  graphs: number;
  /** Values of every batch that Hessian products read, kept for the next product. */
  residuals: number;
  /** Lanczos vectors. */
  basis: number;
  total: number;
}

export interface MemoryFacts {
  /** Number of parameters. */
  dim: number;
  /** Bytes of all intermediate results of one batch's forward pass. */
  activationBytes: number;
  batches: number;
  /** Number of batches that run at once. */
  lanes: number;
  /** Number of vectors in the Krylov bases that are needed at once: probes times steps. */
  krylovVectors: number;
  /** False if the analysis measures only losses. */
  derivatives: boolean;
}

/** How many times the intermediate results of a forward pass are held at once while a loss is measured. */
const VALUE_PASSES = 3;
/** Sessions and vectors that a point of a plane needs besides the session of the loss. */
const PLANE = { sessions: 2, vectors: 3 };

/**
 * Estimates the peak memory of an analysis before anything is compiled. It adds up the shares of the plan, each only as
 * far as it can be used. With W = 4·dim bytes of weights, A bytes of a forward pass, b batches, l lanes, k Krylov
 * vectors:
 *   held(W) + l·(sessions(W) + p·A) + min(r·A·b, plan) + min(W·k, plan)
 * The estimate is meant to be high rather than low, because kernels allocate memory that is not known here.
 */
export function memoryNeed(facts: MemoryFacts, plan: MemoryPlan): MemoryNeed {
  const { dim, activationBytes, batches, lanes, krylovVectors, derivatives } = facts;
  const work = derivatives
    ? {
        graphs:
          plan.programBytes +
          lanes *
            (leastSessionBytes(dim) + plan.block * VECTOR_COPIES * 4 * dim + passesOf(plan.block) * activationBytes),
        residuals: Math.min(RESIDUAL_PASSES * activationBytes * batches, plan.residualBytes),
        basis: Math.min(4 * dim * krylovVectors, plan.basisBytes),
      }
    : {
        graphs: lanes * (sessionBytes(dim, PLANE.sessions, PLANE.vectors) + VALUE_PASSES * activationBytes),
        residuals: 0,
        basis: 0,
      };
  const weights = heldBytes(dim);
  return { weights, ...work, total: weights + work.graphs + work.residuals + work.basis };
}

/**
 * Writes the sentence that tells the user the expected memory beforehand.
 * @throws UserError where even the parts that cannot be reduced do not fit
 */
export function toldMemory({ total, weights, graphs }: MemoryNeed, path: string, machine = machineBytes()): string {
  if (weights + graphs <= machine) {
    return `The analysis will take up to about ${formatBytes(total)} of memory; this machine has ${formatBytes(machine)}.`;
  }
  throw new UserError({
    what: `The analysis would take about ${formatBytes(total)} of memory; this machine has ${formatBytes(machine)}.`,
    where: [path],
    action:
      'Differentiate a part of the model (--parameters GLOB), take fewer samples at once (--batch), or measure losses alone (--only loss,lines,plane).',
  });
}

/** Message for a budget that is smaller than the memory held in every case; null where it suffices. */
export function tooLittle({ leastBytes, memoryBytes }: MemoryPlan & { memoryBytes: number }): string | null {
  if (leastBytes <= memoryBytes) return null;
  return `A model of this size takes about ${formatBytes(leastBytes)}, more than the ${formatBytes(memoryBytes)} it was given (--memory).`;
}
