import { formatError } from '../errors';
import { shownSentence } from '../foreignText';
import { failureInEditor } from '../protocol/spokenInEditor';
import type { Failure } from '../protocol/worker';
import { t } from './translate';

/** A button under the message of a failure. */
export type Help =
  'chooseModel' | 'chooseData' | 'mapInputs' | 'setInputs' | 'openSidecar' | 'inspect' | 'retry' | 'showLog';

export const HELP_LABELS: Record<Help, string> = {
  chooseModel: t('Choose Another Model…'),
  chooseData: t('Choose Data…'),
  mapInputs: t('Map the Inputs…'),
  setInputs: t('Set Input Values…'),
  openSidecar: t('Open Options File'),
  inspect: t('Inspect Model'),
  retry: t('Retry'),
  showLog: t('Open Log'),
};

/** The files that an analysis reads. Comparing them with a message's places shows which file is at fault. */
export interface Inputs {
  sidecar: string;
  data: string | undefined;
}

/** Rewrites a message about command-line flags in the words of the editor: its buttons, and the options file. */
export function inEditorWords(told: Failure): Failure {
  const failure = failureInEditor(told);
  if (!failure.inputs?.length) {
    if (!NAMES_ARRAYS.test(told.action ?? '')) return failure;
    const form = t('“{0}” opens a form that assigns arrays to the inputs.', HELP_LABELS.mapInputs);
    return { ...failure, action: `${failure.action!.replace(OPTIONS_FILE, '')} ${form}` };
  }
  const names = failure.inputs.map(({ name }) => `«${name}»`).join(', ');
  const button = HELP_LABELS.setInputs;
  const action =
    failure.inputs.length > 1
      ? t(
          'Press “{0}” and write them. The options file beside the model stores the values. Or put them into the data as {1}.',
          button,
          names,
        )
      : t(
          'Press “{0}” and write it. The options file beside the model stores the value. Or put it into the data as {1}.',
          button,
          names,
        );
  return { ...failure, action };
}

/** Matches a message of the command line that asks which arrays of the data feed the model. */
const NAMES_ARRAYS = /--(?:input|target)\b.*\bKEY\b/;
/** The sentence about the options file, which is not needed where a form asks for the same. */
const OPTIONS_FILE = / Options stand in the options file beside the model\.$/;

/** Returns the text of a failure as a log shows it: what, where and what to do, in lines of their own. */
export function failureText(failure: Failure): string {
  return formatError(failure);
}

/** Places that a notification names at most. */
const PLACES = 3;

/** Returns the text of a notification, which has no lines: "This is no ONNX model: a.onnx. Open the .onnx file." */
export function failureSentence({ what, where, action }: Failure): string {
  const more = where.length > PLACES ? [t('{0} more', where.length - PLACES)] : [];
  const places = [...where.slice(0, PLACES), ...more].map(shownSentence).join(', ');
  const told = shownSentence(what);
  const first = places === '' ? told : `${told.replace(/\.$/, '')}: ${places}.`;
  return action === undefined ? first : `${first} ${shownSentence(action)}`;
}

/**
 * Chooses the buttons under a failure, the most likely help first. An internal error can be retried, and an error in
 * the input can be corrected where it is.
 */
export function helpFor(failure: Failure, { sidecar, data }: Inputs): Help[] {
  if (failure.kind === 'cancelled') return [];
  if (failure.kind === 'internal') return ['retry', 'showLog'];
  if (failure.inputs?.length) return ['setInputs', 'openSidecar', 'chooseData'];
  const action = failure.action ?? '';
  if (action.includes(HELP_LABELS.mapInputs)) return ['mapInputs', 'chooseData', 'openSidecar'];
  const lies = (file: string | undefined): boolean =>
    file !== undefined && failure.where.some((place) => place.startsWith(file));
  if (lies(sidecar)) return ['openSidecar', 'chooseData'];
  if (lies(data)) return ['chooseData', 'retry'];
  if (action.includes('“Choose Data…”')) return ['chooseData', 'inspect'];
  // The message names options, which the user sets there.
  if (/options file/i.test(action)) {
    return ['openSidecar', 'inspect', 'retry'];
  }
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
