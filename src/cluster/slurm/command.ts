import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { UserError } from '../../errors';
import { shown } from '../../foreignText';

/** Slurm answers within seconds, but its controller may be busy for a while. */
const PATIENCE_MS = 120_000;
const LARGEST_ANSWER = 2 ** 28;
const TOLD = 500;

/**
 * Runs one of Slurm's commands.
 * @param input text for its standard input
 * @throws UserError if the command does not exist or refuses
 */
export function slurm(command: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((done, failed) => {
    const child = execFile(
      command,
      args,
      { timeout: PATIENCE_MS, maxBuffer: LARGEST_ANSWER },
      (error, stdout, stderr) => {
        if (!error) done(stdout);
        else failed(refusal(command, error, stderr));
      },
    );
    // A command that ends before it has read its input says why on stderr.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function refusal(command: string, error: ExecFileException, stderr: string): UserError {
  if (error.code === 'ENOENT') {
    return new UserError({
      what: `Slurm's command «${command}» is not on this machine.`,
      where: [command],
      action: 'Run this on a login node of the cluster, or measure on this machine.',
    });
  }
  const told = stderr
    .trim()
    .split(/\s*\n\s*/)
    .join('; ');
  return new UserError({
    what: `Slurm refused: ${shown(told || error.message, TOLD)}`,
    where: [command],
    action:
      'Check partition, account and limits in the arguments of sbatch, and whether the cluster answers ("sinfo").',
  });
}
