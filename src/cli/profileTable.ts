import type { ProfileEntry, ProfileMeasurement } from '../report/report';
import { formatExactCount } from '../text/counts';
import { formatPercent } from '../text/numbers';
import { formatSeconds } from '../text/time';
import { columns } from './columns';

/** Number of rows of each table in the terminal. The report has more. */
const SHOWN = 12;

/** Shows where the time went in two tables, one by operator and one by node of the user's model. */
export function profileTable({ seconds, runs, operators, nodes }: ProfileMeasurement): string[] {
  const row = ({ name, seconds: spent, calls }: ProfileEntry): string[] => [
    formatPercent(spent / seconds),
    formatSeconds(spent),
    calls > 0 ? formatExactCount(calls) : '',
    name,
  ];
  const table = (title: string, entries: readonly ProfileEntry[]) =>
    columns([['share', 'time', 'calls', title], ...entries.slice(0, SHOWN).map(row)], [0, 1, 2]);
  return [
    `profile         ${formatSeconds(seconds)} in ${formatExactCount(runs)} runs of the runtime`,
    '',
    ...table('operator', operators),
    '',
    ...table('node of the model, with what was derived from it', nodes),
  ];
}
