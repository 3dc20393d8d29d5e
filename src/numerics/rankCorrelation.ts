import { mean } from './statistics';

/**
 * Spearman's rank correlation: the correlation of the ranks of `a` and `b`, equal values sharing their mean rank.
 * @returns NaN where one of them is constant or there are fewer than two values
 * @see Kendall & Gibbons 1990, Rank Correlation Methods, chapter 3
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [centredRanks(a), centredRanks(b)];
  const product = (u: readonly number[], v: readonly number[]) => u.reduce((sum, value, i) => sum + value * v[i], 0);
  return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
}

function centredRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i] - values[j]);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    let end = first + 1;
    while (end < order.length && values[order[end]] === values[order[first]]) end++;
    for (const i of order.slice(first, end)) ranks[i] = (first + end - 1) / 2;
    first = end;
  }
  const centre = mean(ranks);
  return ranks.map((rank) => rank - centre);
}
