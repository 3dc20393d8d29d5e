import { formatNumber, formatCompact } from '../text/numbers';
import { absent, defineDiagnostic, inconclusive, present } from './diagnostic';
import { stepOf } from './pathText';

/**
 * Edge of stability along a path: gradient descent with step η drives λ_max to 2/η, or 2·(1 + β)/η with heavy-ball
 * momentum β, and then hovers there.
 * @see Cohen et al. 2021, arXiv:2103.00065
 */
export const pathEdge = defineDiagnostic({
  id: 'edge-of-stability-path',
  title: 'Edge of stability along the path',
  needs: ['course'],
  shownIn: 'path',
  source: 'Cohen et al. 2021, arXiv:2103.00065',
  criterion: ({ edgeOfStability }) =>
    `Present if λ_max of some checkpoint is at least 2·(1 + β)/η, for learning rate η and heavy-ball momentum β, beyond its error: from there on steps along the top eigenvector grow. Training hovers at the edge if all later checkpoints are between ${formatNumber(edgeOfStability)} and ${formatNumber(1 / edgeOfStability, 3)} of the bound.`,
  applies: ({ course }) => course.edge !== null,
  diagnose({ course: { lambdaMax, loss, edge } }, limits) {
    const { bound, momentum, learningRate } = edge!;
    const name = momentum > 0 ? '2·(1 + β)/η' : '2/η';
    const level = `${name} = ${formatNumber(bound)}`;
    const evidence = [{ name, value: bound, error: 0 }];
    if (lambdaMax.length === 0)
      return inconclusive(`λ_max is not known, so it cannot be compared with ${level}.`, { evidence });
    const most = lambdaMax.reduce((a, b) => (b.value > a.value ? b : a));
    evidence.push({ name: `λ_max at ${stepOf(most)}, the largest`, value: most.value, error: most.error });
    const largest = `λ_max is at most ${formatCompact(most.value, most.error)} (${stepOf(most)})`;
    const crossing = lambdaMax.findIndex(({ value, error }) => value - error >= bound);
    if (crossing < 0) {
      if (most.value + most.error >= bound)
        return inconclusive(`${largest}, which cannot be told from ${level}.`, {
          evidence,
          advice: ['More Lanczos steps make λ_max more certain.'],
        });
      return absent(`${largest}: it stays below ${level}, so every step was stable along the top eigenvector.`, {
        evidence,
      });
    }
    const crossed = lambdaMax[crossing];
    if (crossed !== most)
      evidence.push({ name: `λ_max at ${stepOf(crossed)}`, value: crossed.value, error: crossed.error });
    const later = lambdaMax.slice(crossing).map(({ value }) => value);
    const [low, high] = [Math.min(...later), Math.max(...later)];
    const reaches = `λ_max first reaches ${level} at ${stepOf(crossed)}`;
    const advice = [
      `Below a learning rate of ${formatNumber((2 * (1 + momentum)) / most.value, 3)} every step would have been stable; the rate was ${formatNumber(learningRate, 3)}.`,
    ];
    const hovers = low >= limits.edgeOfStability * bound && high <= bound / limits.edgeOfStability;
    if (later.length === 1)
      return present(
        'medium',
        `${reaches}, the last checkpoint, with ${formatCompact(crossed.value, crossed.error)}.`,
        { evidence, advice, level: 'notice' },
      );
    if (hovers)
      return present(
        'medium',
        `${reaches} and then stays between ${formatNumber(low)} and ${formatNumber(high)}: training hovers at the edge, where the loss falls over many steps but not in each.`,
        {
          evidence,
          level: 'notice',
          advice: [
            ...advice,
            'At the edge the learning rate chooses the sharpness: a larger one leads to flatter minima.',
          ],
        },
      );
    if (high <= bound / limits.edgeOfStability)
      return present('medium', `${reaches} and later falls to ${formatNumber(low)}.`, {
        evidence,
        advice,
        level: 'notice',
      });
    const beyond = `${reaches} and then goes up to ${formatNumber(high)}`;
    const since = loss.filter(({ step }) => step >= crossed.step);
    const rise = since.find(({ value }, i) => i > 0 && value > since[i - 1].value);
    if (rise || since.length < 2)
      return present(
        'high',
        `${beyond}: steps along the top eigenvector grow there${rise ? `, and the loss rises at ${stepOf(rise)}` : ''}.`,
        { evidence, advice },
      );
    return present(
      'medium',
      `${beyond}, where steps of plain gradient descent along the top eigenvector grow. Yet the loss rises at no later checkpoint, so this may not be the bound of this training.`,
      {
        evidence,
        level: 'notice',
        advice: [
          ...advice,
          'Momentum raises the bound (option «momentum»). Adam has its own, which reads λ_max of a rescaled Hessian.',
        ],
      },
    );
  },
});
