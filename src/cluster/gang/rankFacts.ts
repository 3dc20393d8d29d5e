import { counted } from '../../text/counts';
import { UserError } from '../../errors';

/** What a rank tells about itself before it is asked. */
export interface RankFacts {
  rank: number;
  host: string;
  /** "linux x64, 8 × AMD EPYC 7763" */
  machine: string;
  /** The device that its products run on. */
  device: string;
  /** What must be the same on every rank: program, model, data, batches and lanes. */
  same: Readonly<Record<string, string | number>>;
}

/** @throws UserError if a rank measures something else than rank 0 */
export function checkSame(first: RankFacts, others: readonly RankFacts[]): void {
  for (const { rank, host, same } of others) {
    const name = Object.keys(first.same).find((each) => first.same[each] !== same[each]);
    if (name === undefined) continue;
    throw new UserError({
      what: `Rank ${rank} has another ${name} than rank 0: ${same[name]} instead of ${first.same[name]}.`,
      where: [`rank ${rank} on ${host}`],
      action: 'Let all nodes read the same files and run the same version of Ridgeline.',
    });
  }
}

/** Says who measured: "Measured by 4 ranks on n1 and n2." */
export function toldRanks(all: readonly RankFacts[]): string {
  const hosts = [...new Set(all.map(({ host }) => host))];
  const where = hosts.length > 1 ? `${hosts.slice(0, -1).join(', ')} and ${hosts.at(-1)}` : hosts[0];
  const devices = [...new Set(all.map(({ device }) => device))];
  const different =
    devices.length > 1
      ? ` Their devices differ (${devices.join('; ')}), so another run may round the last digits otherwise.`
      : '';
  return `Measured by ${counted(all.length, 'rank')} on ${where}.${different}`;
}
