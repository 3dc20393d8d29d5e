import { UserError } from '../../errors';

/** A process of the gang is gone, and with it the shards that it held. What was measured is in the journal. */
export class LostRankError extends UserError {
  constructor(rank: number, host: string, cause: unknown) {
    super(
      {
        what: `Rank ${rank} was lost.`,
        where: [`rank ${rank} on ${host}`, ...(cause instanceof Error ? [cause.message] : [])],
        action: 'Run the same command again: it continues where this run stopped.',
      },
      { cause },
    );
  }
}
