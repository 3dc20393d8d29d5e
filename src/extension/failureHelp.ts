import { formatError } from '../errors';
import type { Failure } from '../protocol/worker';

/** A button under the message of a failure. */
export type Help = 'chooseModel' | 'chooseData' | 'openSidecar' | 'inspect' | 'retry' | 'showLog';

export const HELP_LABELS: Record<Help, string> = {
  chooseModel: 'Choose Another Model…',
  chooseData: 'Choose Data…',
  openSidecar: 'Open Sidecar File',
  inspect: 'Inspect Model',
  retry: 'Retry',
  showLog: 'Open Log',
};

/** The files an analysis reads, by which a message's places are told apart. */
export interface Inputs {
  sidecar: string;
  data: string | undefined;
}

/** The same text the command line prints. */
export function failureText(failure: Failure): string {
  return formatError(failure);
}

/** Which buttons help, the likeliest first: a fault of ours is tried again, a fault of the input mended where it is. */
export function helpFor(failure: Failure, { sidecar, data }: Inputs): Help[] {
  if (failure.kind === 'cancelled') return [];
  if (failure.kind === 'internal') return ['retry', 'showLog'];
  const lies = (file: string | undefined): boolean =>
    file !== undefined && failure.where.some((place) => place.startsWith(file));
  if (lies(sidecar)) return ['openSidecar', 'chooseData'];
  if (lies(data)) return ['chooseData', 'retry'];
  switch (failure.name) {
    case 'ModelFileError':
    case 'ModelError':
      return ['chooseModel', 'retry'];
    case 'MissingRuleError':
      return ['inspect', 'showLog'];
  }
  return /\b(data|targets?|labels?|samples?|loss)\b/i.test(failure.what)
    ? ['chooseData', 'inspect']
    : ['inspect', 'retry'];
}
