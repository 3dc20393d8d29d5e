import { formatNumber } from '../text/numbers';
import type { StoredReport } from './reportStore';

/** Chooses the icon and the colour of a report from its worst verdict. */
export function verdictIcon({ complete, verdicts }: Pick<StoredReport, 'complete' | 'verdicts'>): {
  icon: string;
  color?: string;
} {
  const present = verdicts.filter(({ verdict }) => verdict === 'present');
  if (present.some(({ severity }) => severity === 'high')) return { icon: 'error', color: 'list.errorForeground' };
  if (present.some(({ severity }) => severity === 'medium' || severity === 'low')) {
    return { icon: 'warning', color: 'list.warningForeground' };
  }
  if (!complete) return { icon: 'circle-slash' };
  if (verdicts.some(({ verdict }) => verdict === 'inconclusive')) return { icon: 'question' };
  return { icon: 'pass', color: 'testing.iconPassed' };
}

/** Returns a line such as "Saddle point, Ill-conditioned · loss 0.3", or one that says "nothing found". */
export function verdictLine({
  complete,
  verdicts,
  loss,
}: Pick<StoredReport, 'complete' | 'verdicts' | 'loss'>): string {
  const present = verdicts.filter(({ verdict }) => verdict === 'present').map(({ title }) => title);
  const parts = [
    ...(complete ? [] : ['incomplete']),
    ...(present.length > 0 ? [present.join(', ')] : complete ? ['nothing found'] : []),
    ...(loss === null ? [] : [`loss ${formatNumber(loss)}`]),
  ];
  return parts.join(' · ');
}
