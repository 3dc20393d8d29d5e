import { formatNumber, formatPercent, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';

/**
 * Edge of stability: gradient descent with step η and heavy-ball momentum β is stable along the top eigenvector up to
 *   λ_max·η = 2·(1 + β).
 * Full-batch training drives λ_max up to that bound and then hovers there. Momentum is that of the heavy ball, not
 * Nesterov's.
 * @see Cohen et al. 2021, arXiv:2103.00065
 */
export const edgeOfStability = defineDiagnostic({
  id: 'edge-of-stability',
  title: 'Edge of stability',
  needs: ['extremes', 'stability'],
  shownIn: 'descent',
  source: 'Cohen et al. 2021, arXiv:2103.00065; critical sharpness: arXiv:2601.16979',
  criterion: ({ edgeOfStability }) =>
    `Present if λ_max·η is at least ${formatPercent(edgeOfStability)} of 2·(1 + β), for learning rate η and heavy-ball momentum β. From that bound on, steps along the top eigenvector grow.`,
  diagnose({ extremes: { max }, stability }, limits) {
    const { learningRate, momentum, bound, criticalSharpness, criticalStep } = stability;
    const product = { value: max.value * learningRate, error: max.error * learningRate };
    const edge = limits.edgeOfStability * bound;
    const evidence = [
      { name: 'λ_max · learning rate', ...product, threshold: edge },
      { name: 'largest stable value 2·(1 + momentum)', value: bound, error: 0 },
      ...(criticalSharpness
        ? [
            {
              name: 'critical sharpness 2/η_c along −g · learning rate',
              value: criticalSharpness.value * learningRate,
              error: criticalSharpness.error * learningRate,
            },
          ]
        : []),
      ...(criticalStep ? [{ name: 'step η_c along −g from which the loss rises', ...criticalStep }] : []),
    ];
    const rate = `learning rate ${formatNumber(learningRate, 3)}${momentum > 0 ? ` and momentum ${formatNumber(momentum, 3)}` : ''}`;
    const measured = `With ${rate}, λ_max times the learning rate is ${formatCompact(product.value, product.error)}; ${formatNumber(bound, 3)} is the largest stable value`;
    if (product.value - product.error >= edge) {
      const beyond = product.value - product.error > bound / limits.edgeOfStability;
      const stable = formatNumber(bound / max.value, 3);
      return present(
        beyond ? 'high' : 'medium',
        beyond
          ? `${measured}. Steps along the top eigenvector grow: the loss rises until the curvature falls.`
          : `${measured}. Training hovers at the edge: the loss falls over many steps, but not in each.`,
        {
          evidence,
          level: beyond ? 'action' : 'notice',
          advice: [
            `Below a learning rate of ${stable} every step is stable along the top eigenvector. To converge further, lower the rate.`,
            'At the edge the learning rate chooses the sharpness: a larger one leads to flatter minima. A warm-up lets the curvature adapt.',
          ],
        },
      );
    }
    if (product.value + product.error < edge && max.converged) return absent(`${measured}.`, { evidence });
    const open = max.converged
      ? `which cannot be told from ${formatNumber(edge, 3)}, where the edge begins`
      : 'but the search for λ_max has not converged, so it may be larger';
    return inconclusive(`${measured}, ${open}.`, {
      evidence,
      advice: ['More Lanczos steps make λ_max more certain.'],
    });
  },
});
