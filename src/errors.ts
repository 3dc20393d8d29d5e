import { shown, shownSentence } from './foreignText';

/** What a person reads when something is wrong with their input: what happened, where, and what to do about it. */
export interface ErrorText {
  /** One sentence: what went wrong. */
  what: string;
  /** The places: nodes, files, inputs. Long lists are cut in the message, not here. */
  where?: readonly string[];
  /** What the person can do. */
  action?: string;
}

/** The person's input is wrong, not our code. Everything else that is thrown is our own fault. */
export class UserError extends Error implements ErrorText {
  readonly what: string;
  readonly where: readonly string[];
  readonly action: string | undefined;

  constructor(text: ErrorText, options?: ErrorOptions) {
    super(formatError(text), options);
    this.name = new.target.name;
    // Names from files stand in all of them.
    this.what = shownSentence(text.what);
    this.where = (text.where ?? []).map(shownPlace);
    this.action = text.action === undefined ? undefined : shownSentence(text.action);
  }
}

/** Inputs of the model have no value, and a person can write one. */
export class MissingInputError extends UserError {
  constructor(
    text: ErrorText,
    /** As the model calls them, with the type of their elements. */
    readonly inputs: readonly { name: string; dtype: string }[],
  ) {
    super(text);
  }
}

const SHOWN_PLACES = 8;

/** The message as printed in a terminal: what, at most eight places, what to do. */
export function formatError({ what, where = [], action }: ErrorText): string {
  const places = where.slice(0, SHOWN_PLACES).map((place) => `  at ${shownPlace(place)}`);
  if (where.length > SHOWN_PLACES) places.push(`  and ${where.length - SHOWN_PLACES} more`);
  return [shownSentence(what), ...places, ...(action ? [`  → ${shownSentence(action)}`] : [])].join('\n');
}

/** A path with what is in the file. */
const PLACE = 500;

function shownPlace(place: string): string {
  return shown(place, PLACE);
}
