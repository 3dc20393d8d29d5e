import { formatError } from '../errors';
import type { Failure } from '../protocol/worker';

/** A button under the message of a failure. */
export type Help = 'chooseData' | 'openSidecar' | 'inspect' | 'retry' | 'showLog';

export const HELP_LABELS: Record<Help, string> = {
  chooseData: 'Choose Data…',
  openSidecar: 'Open Sidecar File',
  inspect: 'Inspect Model',
  retry: 'Retry',
  showLog: 'Open Log',
};

/** The same text the command line prints. */
export function failureText(failure: Failure): string {
  return formatError(failure);
}

/**
 * Which buttons help, the likeliest first. A fault of ours: the log, or again. A fault of the input: where it can be
 * mended, which the places in the message tell.
 */
export function helpFor(failure: Failure): Help[] {
  if (failure.kind === 'cancelled') return [];
  if (failure.kind === 'internal') return ['retry', 'showLog'];
  const places = [failure.what, ...failure.where].join('\n');
  if (places.includes('.landscape.json')) return ['openSidecar', 'chooseData'];
  if (failure.name === 'MissingRuleError') return ['inspect', 'showLog'];
  if (/\b(data|targets?|labels?|samples?|loss|classes|\.(npz|npy|csv|parquet|gz|pb|png|jpe?g))\b/i.test(places)) {
    return ['chooseData', 'retry'];
  }
  return ['inspect', 'retry'];
}
