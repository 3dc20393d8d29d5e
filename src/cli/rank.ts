import { join } from 'node:path';
import { Command } from 'commander';

/** Slurm starts this command, not a person. */
export function rankCommand(): Command {
  return new Command('rank')
    .description('Take part in a run whose ranks share the data. srun starts it on each node.')
    .argument('<folder>', 'the folder of the run')
    .action(async (folder: string) => {
      // A bundle of its own, so that no other command loads gRPC.
      const path = join(__dirname, 'rank.js');
      const { runRank } = (await import(path)) as { runRank: (folder: string) => Promise<number> };
      // Connections and engines may still be open.
      process.exit(await runRank(folder));
    });
}
