import type { SymmetryMeasurement } from '../report/sections/dynamics/symmetry';
import { counted, formatExactCount } from '../text/counts';
import { formatNumber, formatPercent } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import type { Judgment } from './diagnostic';
import type { Limits } from './limits';

type LayerOfUnits = SymmetryMeasurement['layers'][number];

/**
 * Judges whether hidden units are copies of one another: equal incoming and outgoing weights, hence equal gradients. No
 * method that follows the gradient parts them, so the layer computes with fewer units than it has. Units that only
 * compute the same value are no copies if their outgoing weights differ.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, sections 8.2.2 and 8.4
 */
export const symmetry = defineDiagnostic({
  id: 'symmetry',
  title: 'Duplicated units',
  needs: ['symmetry'],
  shownIn: 'weights',
  source: 'Goodfellow, Bengio & Courville 2016, sections 8.2.2 and 8.4',
  criterion: ({ gradientAgreement }) =>
    `Present if two units have the same incoming and outgoing weights, up to 16 float32 roundings, and gradients that differ by at most ${formatPercent(gradientAgreement)} of the gradient of a unit. Units that only compute the same value do not count.`,
  diagnose({ symmetry: { layers, logPermutations } }, limits) {
    const evidence: Judgment['evidence'] = [
      { name: 'log of the number of equivalent weights by exchanging units', value: logPermutations, error: 0 },
    ];
    if (layers.length === 0)
      return absent('No hidden units were found that could be exchanged for one another.', { evidence });
    const copies = layers.filter(({ duplicated }) => duplicated > 0);
    if (copies.length === 0) {
      const units = layers.reduce((sum, layer) => sum + layer.units, 0);
      return absent(
        `No two of ${counted(units, 'unit')} in ${counted(layers.length, 'layer')} have the same weights. ${PERMUTATIONS}`,
        { evidence },
      );
    }
    for (const { layer, duplicated, gradientDifference } of copies) {
      evidence.push({ name: `units of «${layer}» with a copy`, value: duplicated, error: 0 });
      if (gradientDifference !== undefined)
        evidence.push({
          name: 'difference of their gradients, relative',
          value: gradientDifference,
          error: 0,
          threshold: limits.gradientAgreement,
        });
    }
    const lasting = copies.filter((layer) => staysEqual(layer, limits));
    if (lasting.length === 0) {
      return inconclusive(
        `${told(copies)}, but their gradients differ by up to ${formatNumber(Math.max(...copies.map(({ gradientDifference = 0 }) => gradientDifference)), 2)} of the gradient of a unit: rounding or the order of the data parts them.`,
        { evidence },
      );
    }
    return present(
      lasting.some(isWhole) ? 'high' : 'medium',
      `${told(lasting)}. Their gradients are equal too, so gradient descent keeps them copies: together they do the work of fewer units.`,
      {
        evidence,
        advice: [
          'Before training: draw the weights at random (He’s or Glorot’s rule), so that no two units start equal. Biases may all be zero.',
          'After training: keep one unit of each group and add up the outgoing weights. The function stays the same.',
          'To part them without a new start, add a little noise to their weights. Dropout parts them as well.',
        ],
      },
    );
  },
});

const PERMUTATIONS =
  'That units may be exchanged without a change of the function is so in every network and does not hinder training.';

function staysEqual({ gradientDifference = 0 }: LayerOfUnits, { gradientAgreement }: Limits): boolean {
  return gradientDifference <= gradientAgreement;
}

/** Whether all units of a layer are one. */
const isWhole = ({ units, duplicated, groups }: LayerOfUnits): boolean => duplicated === units && groups === 1;

function told(layers: readonly LayerOfUnits[]): string {
  const [first] = layers;
  const others = layers.length > 1 ? ` and ${counted(layers.length - 1, 'other layer')}` : '';
  const kinds =
    first.groups === 1 ? 'the same incoming and outgoing weights' : `weights of only ${first.groups} kinds, in and out`;
  return `${formatExactCount(first.duplicated)} of ${counted(first.units, 'unit')} of «${first.layer}»${others} have ${kinds}`;
}
