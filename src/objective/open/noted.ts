/** The result of one stage, with the sentences that the stage adds to the report. */
export interface Noted<T> {
  value: T;
  notes: readonly string[];
}
