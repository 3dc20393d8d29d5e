import { formatNumber } from '../../text/numbers';
import { stateOf } from '../checkState';
import type { Check } from '../sections/checks';

/** What each self-check holds against what, by the beginning of its name. The longer beginning comes first. */
const COMPARED: readonly [name: string, compared: string][] = [
  ['gradient', 'gᵀd against central differences of the loss along d'],
  ['curvature', 'dᵀHd against second differences of the loss along d'],
  ['forward mode of G', 'dᵀGd of a product with G against forward over forward mode'],
  ['forward mode', 'dᵀHd of a product with H against forward over forward mode'],
  ['Hessian symmetry', 'uᵀHv against vᵀHu'],
  ['Gauss-Newton symmetry', 'uᵀGv against vᵀGu'],
  ['Gauss-Newton sign', 'the least dᵀGd against zero, below which no Gauss-Newton matrix goes'],
  ['Hessian linearity', 'H(u + v), computed alone, against Hu + Hv, computed together'],
  ['repetition', 'the gradient, computed twice'],
  ['centre of a line', 'the loss that the graph of a line gives at α = 0 against the loss'],
  ['centre of the smooth piece', 'the loss that the graph of the smooth piece gives at θ against the loss'],
];

/** Says what a check compares, with what it says of the way; empty for a check that this version does not know. */
export function comparedBy(check: Check): string {
  const known = COMPARED.find(([name]) => check.name.startsWith(name))?.[1];
  const [, ...more] = check.detail.split('; ');
  return [known, ...more].filter(Boolean).join('; ');
}

/** Says in one line why a check ended as it did: its two figures, or why it could not be judged. */
export function reasonOf(check: Check): string {
  const [first = ''] = check.detail.split('; ', 1);
  if (stateOf(check) !== 'failed') return first;
  if (Number.isNaN(check.value)) return [first, 'NaN is no figure to compare'].filter(Boolean).join(': ');
  const times = check.value / check.limit;
  return Number.isFinite(times) && times >= 1.05 ? `${first}: ${formatNumber(times, 2)} times the bound` : first;
}
