import { counted } from '../text/counts';
import { formatNumber, formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';

/**
 * Judges whether the local slope misleads: a much lower loss lies elsewhere, every way to it that was tried climbs, and
 * following −g downhill ends elsewhere. A lower loss alone is no finding: from a network at initialization a descent
 * reaches it.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.2.7
 */
export const localGlobal = defineDiagnostic({
  id: 'local-global',
  title: 'Downhill leads away from the low places',
  needs: ['loss', 'elsewhere'],
  shownIn: 'scans',
  source: 'Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.2.7',
  criterion: ({ lowerElsewhere, climb }) =>
    `Present if a place was found whose loss is lower by ${formatPercent(lowerElsewhere)} of the chance loss than where L-BFGS ends from these weights, if the loss on every way there that was tried rises first, by more than rounding and ${formatPercent(climb)} of the chance loss, and if that descent has come to rest.`,
  diagnose({ loss, elsewhere }, limits) {
    const { unit, unitIs, bounded, resolution, descent, searches } = elsewhere;
    const scale = unitIs === 'chance' ? 'the chance loss' : 'the loss here';
    const gap = limits.lowerElsewhere * unit;
    const lower = searches.filter((search) => search.loss < descent.loss - Math.max(gap, resolution));
    const climb = Math.max(resolution, limits.climb * unit);
    const behind = lower.filter(({ rise }) => rise > climb);
    const evidence: Judgment['evidence'] = [
      { name: 'loss', value: loss.value, error: resolution },
      { name: 'loss where the descent from here ends', value: descent.loss, error: resolution },
    ];
    const reached = `downhill from here L-BFGS reaches ${formatNumber(descent.loss)} in ${counted(descent.gradients, 'gradient')}`;
    if (bounded && descent.loss < gap) {
      // Where the loss is so low from the start, nobody has searched.
      const low = descent.loss < loss.value ? `${reached}, and` : `the loss here is ${formatNumber(loss.value)}, and`;
      return absent(`No: ${low} nothing can lie ${formatPercent(limits.lowerElsewhere)} of ${scale} below that.`, {
        evidence,
      });
    }
    if (lower.length === 0) {
      return absent(
        `No: ${reached}, and ${searches.length} searches elsewhere found nothing lower by ${formatPercent(limits.lowerElsewhere)} of ${scale}.`,
        { evidence },
      );
    }
    const best = lower.reduce((a, b) => (b.loss < a.loss ? b : a));
    evidence.push(
      { name: 'lowest loss found elsewhere', value: best.loss, error: resolution, threshold: descent.loss - gap },
      { name: 'rise on the way there', value: best.rise, error: resolution, threshold: climb },
      { name: 'distance to it', value: best.distance, error: 0 },
    );
    if (best.cosine !== undefined)
      evidence.push({ name: 'cosine of the way there and −g', value: best.cosine, error: 0 });
    const found = `a loss of ${formatNumber(best.loss)} lies ${formatNumber(best.distance, 3)} away`;
    if (behind.length < lower.length)
      return absent(`No: ${found}, and a way without a climb leads to a loss as low; ${reached}.`, { evidence });
    const hill = `every way there that was tried climbs, by ${formatNumber(best.rise, 2)} at least`;
    if (!descent.settled) {
      return inconclusive(`Perhaps: ${found}, and ${hill}. But ${reached} and is still falling.`, {
        evidence,
        advice: ['Train on and look again, or give the search more to spend (preset thorough).'],
      });
    }
    return present('medium', `Downhill leads away: ${found}, and ${hill}. But ${reached}, and no further.`, {
      evidence,
      advice: [
        'Start elsewhere: several random initialisations, or weights of a model trained on a related task.',
        'Change the path rather than the optimiser’s details: a larger learning rate at first, a curriculum or continuation from an easier problem, or a wider network, which has fewer such valleys.',
      ],
    });
  },
});
