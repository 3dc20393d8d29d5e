import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../errors';

/** Where a rank can be reached. */
export interface RankAddress {
  host: string;
  /** Names and addresses of its machine, the likeliest first. */
  names: string[];
  port: number;
}

const POLL_MS = 100;
/** Ranks start together, but a node may have to load the program from a busy file system. */
const PATIENCE_MS = 600_000;

/**
 * Ranks find each other through a folder that all nodes see. Each writes its address to a file of its own, under another
 * name first, so that others see all of it or nothing. They find it by listing the folder, because a network file
 * system may remember for a while that a file of some name does not exist.
 */
export class Rendezvous {
  private constructor(private readonly folder: string) {}

  /** Only the user can read the folder. @throws Error of the file system */
  static async at(folder: string): Promise<Rendezvous> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    return new Rendezvous(folder);
  }

  /** Makes the token that every question must carry, so that no one else on the network can ask. */
  async makeToken(): Promise<string> {
    const token = randomBytes(32).toString('hex');
    await this.write('token', token);
    return token;
  }

  token(signal?: AbortSignal): Promise<string> {
    return this.found('token', 'rank 0', signal);
  }

  async tell(rank: number, port: number): Promise<void> {
    const address: RankAddress = { host: hostname(), names: ownNames(), port };
    await this.write(`rank-${rank}.json`, JSON.stringify(address));
  }

  async addressOf(rank: number, signal?: AbortSignal): Promise<RankAddress> {
    return JSON.parse(await this.found(`rank-${rank}.json`, `rank ${rank}`, signal)) as RankAddress;
  }

  /** Tells the ranks that have not been asked yet that there is nothing to do. */
  async end(): Promise<void> {
    await this.write('over', '');
  }

  /** Fulfilled when the run is over before it began. @param signal aborting it ends the wait, with its reason */
  async ended(signal: AbortSignal): Promise<void> {
    await this.found('over', 'rank 0', signal);
  }

  private async write(name: string, text: string): Promise<void> {
    const unfinished = join(this.folder, `.${randomBytes(8).toString('hex')}.new`);
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(this.folder, name));
  }

  /** Reads a file as soon as it is there. */
  private async found(name: string, who: string, signal?: AbortSignal): Promise<string> {
    for (let waited = 0; waited < PATIENCE_MS; waited += POLL_MS) {
      signal?.throwIfAborted();
      if ((await readdir(this.folder)).includes(name)) return readFile(join(this.folder, name), 'utf8');
      await wait(POLL_MS, undefined, { signal });
    }
    throw new UserError({
      what: `${who} did not come within ${PATIENCE_MS / 60_000} minutes.`,
      where: [this.folder],
      action: 'Start all ranks in one step, with srun, and in a folder that all nodes see.',
    });
  }
}

/** The name of this machine and its addresses. A cluster's network may know either. */
function ownNames(): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal, family, address }) => !internal && (family === 'IPv4' || !address.startsWith('fe80')))
    .sort((a, b) => a.family.localeCompare(b.family));
  return [hostname(), ...addresses.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address))];
}
