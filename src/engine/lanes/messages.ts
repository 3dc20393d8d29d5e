import type { Tensor } from '../../graph/tensor';
import type { SessionRequest } from '../runtime';

/** A tensor that the lane already holds, by its number there. */
export interface HeldThere {
  held: number;
}

export type LaneFeeds = Readonly<Record<string, Tensor | HeldThere>>;

/** Requests to a lane and their answers. */
export interface LaneCalls {
  /** → number of the session */
  open: { ask: SessionRequest; answer: number };
  run: { ask: { session: number; feeds: LaneFeeds }; answer: Record<string, Tensor> };
  /** Runs once for each of `each`. Small runs share a message, which takes as long as some of them. */
  runEach: {
    ask: { session: number; feeds: LaneFeeds; each: readonly LaneFeeds[] };
    answer: readonly Record<string, Tensor>[];
  };
  runResident: { ask: { session: number; feeds: LaneFeeds }; answer: Record<string, HeldThere & { bytes: number }> };
  close: { ask: number; answer: null };
  hold: { ask: Tensor; answer: HeldThere };
  read: { ask: HeldThere; answer: Tensor };
}

export type LaneCall = keyof LaneCalls;

/** Sent to the lane. A dropped tensor or session gets no answer. */
export type ToLane =
  { [C in LaneCall]: { id: number; call: C; ask: LaneCalls[C]['ask'] } }[LaneCall] | { drop: number };

/** Sent by the lane. */
export type FromLane = { id: number; answer: unknown } | { id: number; fault: string };

/** Data that starts a lane. */
export interface LaneSetup {
  /** Folder of prepared graphs. */
  graphs: string | null;
  /** Whether this lane stores missing graphs; one lane does it for all. */
  writesGraphs: boolean;
}
