import type { Tensor } from '../../graph/tensor';
import type { SessionRequest } from '../runtime';

/** A tensor that is in the lane already, by its number there. */
export interface HeldThere {
  held: number;
}

export type LaneFeeds = Readonly<Record<string, Tensor | HeldThere>>;

/** What a lane is asked, and what it answers. */
export interface LaneCalls {
  /** → number of the session */
  open: { ask: SessionRequest; answer: number };
  run: { ask: { session: number; feeds: LaneFeeds }; answer: Record<string, Tensor> };
  runResident: { ask: { session: number; feeds: LaneFeeds }; answer: Record<string, HeldThere & { bytes: number }> };
  close: { ask: number; answer: null };
  hold: { ask: Tensor; answer: HeldThere };
  read: { ask: HeldThere; answer: Tensor };
}

export type LaneCall = keyof LaneCalls;

/** To the lane. What is dropped is not answered. */
export type ToLane =
  { [C in LaneCall]: { id: number; call: C; ask: LaneCalls[C]['ask'] } }[LaneCall] | { drop: number };

/** From the lane. */
export type FromLane = { id: number; answer: unknown } | { id: number; fault: string };

/** What a lane is started with. */
export interface LaneSetup {
  /** Where prepared graphs are found. */
  graphs: string | null;
  /** Whether this lane writes those that are missing; one does for all. */
  writesGraphs: boolean;
}
