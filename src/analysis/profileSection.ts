import type { Profile } from '../engine/profile';
import type { ProfileMeasurement } from '../report/report';

/** What a person reads; a network has hundreds of nodes that take no time to speak of. */
const LISTED = 20;

/** The longest of a profile. */
export function profileSection({ seconds, runs, operators, nodes }: Profile): ProfileMeasurement {
  return { seconds, runs, operators: operators.slice(0, LISTED), nodes: nodes.slice(0, LISTED) };
}
