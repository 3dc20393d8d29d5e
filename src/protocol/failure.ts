import { MissingInputError, UserError } from '../errors';
import { shownSentence } from '../foreignText';
import type { Failure } from './worker';

/**
 * Turns any thrown value into a message for the user: an error in the input keeps its own words, and anything else is
 * reported as our bug. The message of a library may quote names from a file.
 */
export function failureFrom(error: unknown): Failure {
  if (error instanceof UserError) {
    const { what, where, action, name, stack } = error;
    const inputs = error instanceof MissingInputError ? { inputs: [...error.inputs] } : {};
    return { kind: 'user', what, where: [...where], action, name, ...inputs, log: stack };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return {
    kind: 'internal',
    what: shownSentence(`Ridgeline failed because of an internal error: ${message}`),
    where: [],
    action: 'The log has the details. Please report the error, with the model if you can share it.',
    log: stack,
  };
}
