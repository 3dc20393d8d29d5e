import { byLevel, levelOf } from '../report/text/level';
import { formatNumber } from '../text/numbers';
import type { StoredReport } from './reportStore';
import { t } from './translate';

/** Chooses the icon and the colour of a report from the verdict with the gravest consequence. */
export function verdictIcon({ complete, verdicts }: Pick<StoredReport, 'complete' | 'verdicts'>): {
  icon: string;
  color?: string;
} {
  const levels = new Set(verdicts.map(levelOf));
  if (levels.has('action')) return { icon: 'error', color: 'list.errorForeground' };
  if (!complete) return { icon: 'circle-slash' };
  if (levels.has('notice')) return { icon: 'info', color: 'editorInfo.foreground' };
  if (levels.has('open')) return { icon: 'question' };
  return { icon: 'pass', color: 'testing.iconPassed' };
}

/** Returns a line such as "Saddle point, Ill-conditioned · loss 0.3", or one that says "nothing found". */
export function verdictLine({
  complete,
  verdicts,
  loss,
}: Pick<StoredReport, 'complete' | 'verdicts' | 'loss'>): string {
  const told = verdicts.filter((each) => each.verdict === 'present' && levelOf(each) !== 'fine');
  const parts = [
    ...(complete ? [] : ['incomplete']),
    ...(told.length > 0
      ? [
          byLevel(told)
            .map(({ title }) => title)
            .join(', '),
        ]
      : complete
        ? [t('nothing found')]
        : []),
    ...(loss === null ? [] : [t('loss {0}', formatNumber(loss))]),
  ];
  return parts.join(' · ');
}
