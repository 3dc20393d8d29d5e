import type { AnswerFigures } from './answers';
import type { GrowthFigures } from './growth/measurePoint';
import type { KernelFigures } from './kernels';
import type { PeerAnswers, PeerKernels } from './peers';

/** Figures of one run, or what went wrong. */
export type Outcome<T, Peer> = { name: string; peer: Peer | null } & ({ figures: T } | { fault: string });

export type KernelOutcome = Outcome<KernelFigures, PeerKernels>;
export type AnswerOutcome = Outcome<AnswerFigures, PeerAnswers>;

/** Everything that one run measured; the content of `--json`. */
export interface BenchResults {
  machine: string;
  threads: number;
  /** Processes that wanted to run when the measurement began, this one's threads not among them. */
  load: number;
  provider: string;
  kernels: KernelOutcome[];
  answers: AnswerOutcome[];
  growth: { family: string; points: GrowthFigures[] }[];
}

/** A load average above which the machine is not the run's alone. */
export const BUSY = 0.5;
