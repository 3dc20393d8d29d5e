import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors';

const NAME = /^\.ridgeline-install-(\d+)-/;

/**
 * Runs work with an empty folder inside `folder`, so that its files can be renamed into place, and always removes the
 * empty folder at the end. It first removes the folders of killed processes.
 * @throws UserError if `folder` is not writable or its disk is full
 */
export async function inScratchFolder<R>(folder: string, work: (scratch: string) => Promise<R>): Promise<R> {
  try {
    await removeLeftovers(folder);
    const scratch = await mkdtemp(join(folder, `.ridgeline-install-${process.pid}-`));
    try {
      return await work(scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  } catch (fault) {
    throw explained(fault, folder);
  }
}

async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(NAME.exec(name)?.[1] ?? process.pid);
    if (!isRunning(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function explained(fault: unknown, folder: string): unknown {
  switch ((fault as NodeJS.ErrnoException).code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new UserError(
        {
          what: 'The folder of ONNX Runtime cannot be written.',
          where: [folder],
          action: 'Run the command as the user who owns it, or use an installation of your own.',
        },
        { cause: fault },
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new UserError(
        { what: 'The disk is full.', where: [folder], action: 'Nothing was kept. Make room and try again.' },
        { cause: fault },
      );
    default:
      return fault;
  }
}
