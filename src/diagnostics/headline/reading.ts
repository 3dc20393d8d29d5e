import type { Finding, Level } from '../../report/report';
import type { Measurements } from '../measurements';

/** The measurements of a report that has a loss and a gradient. */
export type Read = Pick<Measurements, 'loss' | 'gradient'> & Partial<Measurements>;

/** Finds a verdict by the id of its diagnostic. */
export type Verdicts = (id: string) => Finding | undefined;

/** Where the training stands and what follows from that alone. */
export interface Standing {
  state: string;
  next: string;
  level: Level;
  /** The verdicts that these sentences tell. */
  tells: readonly string[];
}
