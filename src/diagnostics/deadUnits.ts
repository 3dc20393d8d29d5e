import { counted } from '../text/counts';
import { formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

/** Layers that a sentence names. */
const NAMED = 3;

/**
 * Judges whether units of rectifiers (ReLU, GELU, SiLU) are dead: on their flat side for every sample and position, so
 * that no gradient reaches their weights on these data. With N samples, a unit that was never active is active on at most
 * 3/N of all data with 95 % confidence (rule of three), so few samples prove nothing.
 * @see Lu, Shin, Su & Karniadakis 2020, Dying ReLU and Initialization, arXiv:1903.06733
 */
export const deadUnits = defineDiagnostic({
  id: 'dead-units',
  title: 'Dead units',
  needs: ['units'],
  shownIn: 'inside',
  source: 'Lu et al. 2020, arXiv:1903.06733',
  criterion: ({ flatShare, deadActivity }) =>
    `Present if at least ${formatPercent(flatShare)} of the units of a layer are on the flat side of their activation for every sample and position, and there are enough samples to say that such a unit is active on at most ${formatPercent(deadActivity)} of all data with 95 % confidence.`,
  diagnose({ units: { activations, samples } }: Pick<Measurements, 'units'>, limits: Limits) {
    const layers = activations.flatMap(({ layer, operator, units = 0, dead = 0 }) =>
      units > 0 ? [{ layer, operator, units, dead, share: dead / units }] : [],
    );
    if (layers.length === 0) return absent('No activation of this network is flat on one side, so no unit can die.');
    const total = layers.reduce((sum, { units }) => sum + units, 0);
    const dead = layers.reduce((sum, each) => sum + each.dead, 0);
    const byShare = [...layers].sort((a, b) => b.share - a.share);
    const worst = byShare.filter(({ share }) => share >= limits.flatShare);
    const evidence = [
      ...byShare.slice(0, Math.min(NAMED, Math.max(1, worst.length))).map(({ layer, share }) => ({
        name: `dead share of «${layer}»`,
        value: share,
        error: 0,
        threshold: limits.flatShare,
      })),
      { name: 'dead units', value: dead, error: 0 },
      { name: 'share of all units', value: dead / total, error: 0 },
    ];
    if (worst.length === 0) {
      const some = dead === 0 ? 'No unit is' : `${counted(dead, 'unit')} of ${total} ${dead === 1 ? 'is' : 'are'}`;
      const spread = dead === 0 ? '' : `, less than ${formatPercent(limits.flatShare)} of any layer`;
      return absent(`${some} dead on ${counted(samples, 'sample')}${spread}.`, { evidence });
    }
    const named = worst
      .slice(0, NAMED)
      .map((each) => `${each.dead} of ${counted(each.units, 'unit')} of «${each.layer}» (${each.operator})`)
      .join(', ');
    const more = worst.length > NAMED ? `, and units of ${counted(worst.length - NAMED, 'more layer')}` : '';
    // Three over the number of samples bounds how often a unit that was never active is active.
    if (3 / samples > limits.deadActivity) {
      return inconclusive(
        `${named}${more} are inactive on all ${counted(samples, 'sample')}, too few to call them dead.`,
        { evidence, advice: [`Use at least ${Math.ceil(3 / limits.deadActivity)} samples (--samples).`] },
      );
    }
    const [{ share, layer }] = worst;
    const blocks = share === 1 ? ` No gradient passes «${layer}»: the layers before it cannot learn.` : '';
    return present(
      share >= 0.5 ? 'high' : share >= 0.25 ? 'medium' : 'low',
      `${named}${more} are inactive on all ${counted(samples, 'sample')}, so their weights get no gradient.${blocks}`,
      {
        evidence,
        // A network can do without a part of its units.
        level: share >= 0.5 ? 'action' : 'notice',
        advice: [
          'Lower the learning rate: one large step can push a bias so far that its unit never answers again.',
          'LeakyReLU, GELU or ELU keep a slope on the other side, and normalisation keeps units around their kink.',
          'Start the dead units anew, with small weights and a bias of zero. Deep narrow networks lose units at the start already: make their layers wider.',
        ],
      },
    );
  },
});
