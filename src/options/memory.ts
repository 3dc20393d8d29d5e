import { totalmem } from 'node:os';

/** Share of the machine that an analysis may take when nothing is said. */
const SHARE = 1 / 4;
const GIB = 2 ** 30;

/** Bytes that an analysis may take: as many GiB as asked for, else a quarter of what this process may have. */
export function memoryBudget(asked: number | undefined): number {
  return asked === undefined ? availableBytes(totalmem(), process.constrainedMemory()) * SHARE : asked * GIB;
}

/** A container's limit where there is one: the runtime says 0, or more than the machine has, where there is none. */
export function availableBytes(total: number, limit: number): number {
  return limit > 0 && limit < total ? limit : total;
}
