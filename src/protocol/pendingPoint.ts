import type { Failure, Progress } from './worker';

/** A point of a plane that someone asked for and that is not measured yet. */
export interface PendingPoint {
  /** Names of the directions of its plane. */
  directions: { x: string; y: string };
  at: { x: number; y: number };
  state: { kind: 'measuring'; progress: Progress } | { kind: 'failed'; failure: Failure };
}
