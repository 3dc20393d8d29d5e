import { formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Limits } from './limits';
import type { Measurements } from './measurements';

/** Layers that a sentence names. */
const NAMED = 3;

/**
 * Judges whether sigmoids, tanhs and their kin are saturated: so far in their tails that less than 5 % of the slope is
 * left. Gates of recurrent layers, and attention that chooses a single key, are often so on purpose, and count from a
 * higher share on.
 * @see Glorot & Bengio 2010, figures 2 to 5; gates: Karpathy, Johnson & Fei-Fei 2015, arXiv:1506.02078
 */
export const saturation = defineDiagnostic({
  id: 'saturation',
  title: 'Saturated units',
  needs: ['units'],
  shownIn: 'inside',
  source: 'Glorot & Bengio 2010',
  criterion: ({ flatShare, saturatedGates }) =>
    `Present if at least ${formatPercent(flatShare)} of the elements of a bounded activation keep less than 5 % of its largest slope. Gates of recurrent layers and attention count from ${formatPercent(saturatedGates)} on, because they may be closed on purpose.`,
  diagnose({ units: { activations, recurrent } }: Pick<Measurements, 'units'>, limits: Limits) {
    const layers = activations.flatMap(({ layer, operator, kind, saturated }) => {
      if (saturated === undefined) return [];
      const onPurpose = kind === 'attention' || (recurrent.has(layer) && operator === 'sigmoid');
      return [{ layer, operator, saturated, onPurpose, limit: onPurpose ? limits.saturatedGates : limits.flatShare }];
    });
    if (layers.length === 0) return absent('No activation of this network is bounded on both sides.');
    const byShare = [...layers].sort((a, b) => b.saturated - a.saturated);
    const worst = byShare.filter(({ saturated, limit }) => saturated >= limit);
    const evidence = (worst.length > 0 ? worst : byShare).slice(0, NAMED).map(({ layer, saturated, limit }) => ({
      name: `saturated share of «${layer}»`,
      value: saturated,
      error: 0,
      threshold: limit,
    }));
    const listed = (some: typeof layers) =>
      some
        .slice(0, NAMED)
        .map(({ layer, operator, saturated }) => `${formatPercent(saturated)} of «${layer}» (${operator})`)
        .join(', ');
    if (worst.length > 0) {
      const [{ saturated }] = worst;
      const more = worst.length > NAMED ? `, and ${worst.length - NAMED} more of the layers` : '';
      return present(
        saturated >= 0.5 ? 'high' : 'medium',
        `Saturated: ${listed(worst)}${more}, where less than 5 % of the slope is left.`,
        { evidence, advice: adviceFor(worst[0].operator), level: saturated >= 0.5 ? 'action' : 'notice' },
      );
    }
    const gates = byShare.filter(({ saturated, onPurpose }) => onPurpose && saturated >= limits.flatShare);
    if (gates.length > 0) {
      return inconclusive(
        `In their tails: ${listed(gates)}. Gates and attention may be so on purpose, to keep or to choose.`,
        { evidence },
      );
    }
    return absent(`No layer is saturated: at most ${listed(byShare.slice(0, 1))} is in the tails.`, { evidence });
  },
});

function adviceFor(operator: string): string[] {
  if (operator === 'attention') {
    return [
      'Divide the scores by the root of the key size, or normalise queries and keys, so that attention stays soft.',
    ];
  }
  return [
    'Start from smaller weights (Glorot initialisation), or normalise what goes into these units.',
    'Check the scale of the inputs: large ones saturate the first layer.',
    'ReLU, GELU or SiLU have no bound that they could sit on.',
  ];
}
