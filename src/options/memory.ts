import { totalmem } from 'node:os';

const GIB = 2 ** 30;

/** Bytes that an analysis may take: as many GiB as asked for; null where the model's size and the machine decide. */
export function memoryBudget(asked: number | undefined): number | null {
  return asked === undefined ? null : asked * GIB;
}

/** What this process may have at most. */
export function machineBytes(): number {
  return availableBytes(totalmem(), process.constrainedMemory?.() ?? 0);
}

/** A container's limit where there is one: the runtime says 0, or more than the machine has, where there is none. */
export function availableBytes(total: number, limit: number): number {
  return limit > 0 && limit < total ? limit : total;
}
