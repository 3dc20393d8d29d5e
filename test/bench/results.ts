import type { AnswerFigures } from './answers';
import type { GrowthFigures } from './growth/measurePoint';
import type { KernelFigures } from './kernels';
import type { PeerAnswers, PeerKernels } from './peers';
import type { PictureFigures } from './pictures';

/** The figures of one run, or what went wrong. */
export type Outcome<T, Peer> = { name: string; peer: Peer | null } & ({ figures: T } | { fault: string });

export type KernelOutcome = Outcome<KernelFigures, PeerKernels>;
export type AnswerOutcome = Outcome<AnswerFigures, PeerAnswers>;
export type PictureOutcome = Outcome<PictureFigures, PeerKernels>;

/** Everything that one run measured, which is also the content of `--json`. */
export interface BenchResults {
  machine: string;
  threads: number;
  /** Load average before the measurement began, without this process's own threads. */
  load: number;
  provider: string;
  kernels: KernelOutcome[];
  answers: AnswerOutcome[];
  pictures: PictureOutcome[];
  growth: { family: string; points: GrowthFigures[] }[];
}

/** Load average above which other work is running on the machine. */
export const BUSY = 0.5;
