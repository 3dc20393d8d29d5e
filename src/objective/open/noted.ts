/** The result of one stage, with the sentences on what limits the figures. */
export interface Noted<T> {
  value: T;
  notes: readonly string[];
  /** Sentences that change no figure. */
  remarks?: readonly string[];
}
