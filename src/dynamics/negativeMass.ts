import { mean, standardError } from '../numerics/statistics';
import type { HessianSpectrum } from '../report/report';

/**
 * The share of the curvature that is negative, Σ|λ| over λ < −noise / Σ|λ|: from all eigenvalues where they are known,
 * from the nodes and weights of each probe else, as a mean with its standard error over probes.
 * @returns null where the spectrum was not measured as a whole
 */
export function negativeMass({
  all,
  ritz,
  noiseFloor,
}: Pick<HessianSpectrum, 'all' | 'ritz' | 'noiseFloor'>): { value: number; standardError?: number } | null {
  if (all?.length) {
    const value = shareOf(all, () => 1, noiseFloor);
    return value === null ? null : { value, standardError: 0 };
  }
  const shares = (ritz ?? []).flatMap(({ nodes, weights }) => shareOf(nodes, (i) => weights[i], noiseFloor) ?? []);
  if (shares.length === 0) return null;
  return shares.length === 1 ? { value: shares[0] } : { value: mean(shares), standardError: standardError(shares) };
}

function shareOf(nodes: readonly number[], weightOf: (i: number) => number, noiseFloor: number): number | null {
  let [negative, whole] = [0, 0];
  nodes.forEach((node, i) => {
    const mass = weightOf(i) * Math.abs(node);
    whole += mass;
    if (node < -noiseFloor) negative += mass;
  });
  return whole > 0 ? negative / whole : null;
}
