import type { Profile } from '../engine/profile';
import type { ProfileMeasurement } from '../report/report';

/** Number of entries in the report. A network has hundreds of nodes that take hardly any time. */
const LISTED = 20;

/** Keeps the entries of a profile that take the most time. */
export function profileSection({ seconds, runs, operators, nodes }: Profile): ProfileMeasurement {
  return { seconds, runs, operators: operators.slice(0, LISTED), nodes: nodes.slice(0, LISTED) };
}
