import { UserError } from '../../errors';
import { machineBytes } from '../../options/memory';
import type { MemoryPlan } from './memoryPlan';
import { heldBytes, leastSessionBytes, passesOf, RESIDUAL_PASSES, sessionBytes, VECTOR_COPIES } from './memoryPlan';

/** Bytes that an analysis is expected to take at its largest, and what for. */
export interface MemoryNeed {
  /** The process, θ, the gradient and other vectors that are always there. */
  weights: number;
  /** Compiled graphs with their copies of the weights, vectors on their way through them, intermediate results. */
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
  /** Batches that run side by side. */
  lanes: number;
  /** Vectors of the Krylov bases that are wanted at once: probes times steps. */
  krylovVectors: number;
  /** False: only losses are measured. */
  derivatives: boolean;
}

/** Intermediate results of a forward pass that measuring a loss holds at once. */
const VALUE_PASSES = 3;
/** Sessions and vectors of a point of a plane, beside the session of the loss. */
const PLANE = { sessions: 2, vectors: 3 };

/**
 * What an analysis will take at its largest, before anything is compiled: the shares of the plan it runs by, each only as
 * far as it can be used. With W = 4·dim bytes of weights, A bytes of a forward pass, b batches, l lanes, k Krylov vectors:
 *   held(W) + l·(sessions(W) + p·A) + min(r·A·b, plan) + min(W·k, plan)
 * An estimate, and meant to be high rather than low: kernels take room for themselves that nothing here knows.
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

function gib(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.ceil(bytes / 2 ** 20)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/** What to say where a budget does not hold what is there whatever is measured; null where it does. */
export function tooLittle({ leastBytes, memoryBytes }: MemoryPlan & { memoryBytes: number }): string | null {
  if (leastBytes <= memoryBytes) return null;
  return `A model of this size takes about ${gib(leastBytes)}, more than the ${gib(memoryBytes)} it was given (--memory).`;
}
