import { byLevel, levelOf } from '../report/text/level';
import { formatNumber } from '../text/numbers';
import type { StoredReport } from './reportStore';
import { t } from './translate';

/** Says in one line what a report found: "Loss 0.42 · needs action: Ill-conditioning". */
export function reportHeadline({
  complete,
  loss,
  verdicts,
}: Pick<StoredReport, 'complete' | 'loss' | 'verdicts'>): string {
  const sorted = byLevel(verdicts);
  const titles = (level: ReturnType<typeof levelOf>) =>
    sorted.filter((verdict) => levelOf(verdict) === level).map(({ title }) => title);
  const [action, notice] = [titles('action'), titles('notice')];
  const found =
    action.length > 0
      ? t('needs action: {0}', listed(action))
      : notice.length > 0
        ? t('worth knowing: {0}', listed(notice))
        : complete
          ? t('nothing found')
          : t('nothing found yet');
  return [
    loss === null ? t('No loss') : t('Loss {0}', formatNumber(loss, 3)),
    ...(complete ? [] : ['incomplete']),
    found,
  ].join(' · ');
}

/** The first two titles, and how many more there are. */
function listed(titles: readonly string[]): string {
  const shown = titles.slice(0, 2).join(', ');
  return titles.length > 2 ? t('{0} and {1} more', shown, titles.length - 2) : shown;
}
