import { inEditorWords } from '../../options/editorWords';
import type { QuestionAnswer, QuestionId } from '../../protocol/worker';
import type { Finding } from '../../report/report';
import { formatExactCount } from '../../text/counts';
import { formatSeconds } from '../../text/time';
import { QUESTION_TEXTS } from './questions';
import { t } from '../translate';

/** Says in two sentences what the answer is, and what it was measured on. */
export function answerText(question: QuestionId, { findings, report, whole }: QuestionAnswer, seconds: number): string {
  const [telling] = findings;
  const said = telling
    ? withState(telling)
    : (report.objective?.notFinite?.what ?? QUESTION_TEXTS[question].unanswered);
  const { samples = 0, drawnFrom } = report.objective ?? {};
  const on =
    drawnFrom === undefined
      ? t('all {0} samples', formatExactCount(samples))
      : t('{0} of {1} samples, drawn at random,', formatExactCount(samples), formatExactCount(drawnFrom));
  const measured = whole
    ? t('Taken from the finished analysis of {0}.', on.replace(/,$/, ''))
    : t('Measured on {0} in {1}.', on, formatSeconds(seconds));
  return `${inEditorWords(said)} ${measured}`;
}

/** The section of the page that shows the figures of an answer. */
export function sectionOf(question: QuestionId, { findings }: Pick<QuestionAnswer, 'findings'>): string {
  return findings[0]?.shownIn ?? QUESTION_TEXTS[question].section;
}

function withState({ verdict, summary }: Finding): string {
  return verdict === 'inconclusive' ? t('Not resolved: {0}', lowerFirst(summary)) : summary;
}

/** Continues a sentence after a colon, unless the first word is a symbol such as λ_min or ‖g‖ or an acronym. */
function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) ? sentence[0].toLowerCase() + sentence.slice(1) : sentence;
}
