import { totalmem } from 'node:os';

const GIB = 2 ** 30;

/** Converts the GiB that the user allows to bytes; null where the model's size and the machine decide. */
export function memoryBudget(asked: number | undefined): number | null {
  return asked === undefined ? null : asked * GIB;
}

/** The most memory that this process may have. */
export function machineBytes(): number {
  return availableBytes(totalmem(), process.constrainedMemory?.() ?? 0);
}

/** A container's limit, where there is one. Without one, the runtime reports 0 or more than the machine has. */
export function availableBytes(total: number, limit: number): number {
  return limit > 0 && limit < total ? limit : total;
}
