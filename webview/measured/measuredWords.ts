import type { FromMeasuredPage, ToMeasuredPage } from '../../src/protocol/measuredPage';
import type { EditorConnection } from '../editorConnection';

export type MeasuredHost = EditorConnection<FromMeasuredPage, ToMeasuredPage>;

/** What the page of one kind of measurement says. */
export interface MeasuredWords {
  heading(title: string): string;
  /** Label of the button, before anything was measured and after. */
  first: string;
  again: string;
  running: string;
  /** What the page says while there is nothing to show. */
  nothing: string;
}
