import { shown, shownSentence } from './foreignText';

/** The text that a user reads when their input is wrong: what happened, where, and what to do about it. */
export interface ErrorText {
  /** Says in one sentence what went wrong. */
  what: string;
  /** Nodes, files or inputs where it went wrong. This list is complete; the message shortens it. */
  where?: readonly string[];
  /** Says what the user can do. */
  action?: string;
}

/** The user's input is wrong, not our code. Every other error is our own fault. */
export class UserError extends Error implements ErrorText {
  readonly what: string;
  readonly where: readonly string[];
  readonly action: string | undefined;

  constructor(text: ErrorText, options?: ErrorOptions) {
    super(formatError(text), options);
    this.name = new.target.name;
    // All three texts may contain names from files, whose hidden characters must be made visible.
    this.what = shownSentence(text.what);
    this.where = (text.where ?? []).map(shownPlace);
    this.action = text.action === undefined ? undefined : shownSentence(text.action);
  }
}

/** Some inputs of the model have no value, and the user can write one. */
export class MissingInputError extends UserError {
  constructor(
    text: ErrorText,
    /** Names of the inputs in the model, and the types of their elements. */
    readonly inputs: readonly { name: string; dtype: string }[],
  ) {
    super(text);
  }
}

const SHOWN_PLACES = 8;

/** Formats an error for the terminal: what went wrong, at most eight places, and what to do. */
export function formatError({ what, where = [], action }: ErrorText): string {
  const places = where.slice(0, SHOWN_PLACES).map((place) => `  at ${shownPlace(place)}`);
  if (where.length > SHOWN_PLACES) places.push(`  and ${where.length - SHOWN_PLACES} more`);
  return [shownSentence(what), ...places, ...(action ? [`  → ${shownSentence(action)}`] : [])].join('\n');
}

/** Number of characters shown of a place, which may be a path with a description of the file. */
const PLACE = 500;

function shownPlace(place: string): string {
  return shown(place, PLACE);
}
