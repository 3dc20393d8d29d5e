/**
 * Weighted ridge regression: the minimum of Σᵢ wᵢ·(xᵢᵀθ − yᵢ)²/Σᵢ wᵢ + decay/2·‖θ‖², by the normal equations in float64.
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  { weights = targets.map(() => 1), decay = 0 }: { weights?: readonly number[]; decay?: number } = {},
): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const dim = rows[0].length;
  const system = Array.from({ length: dim }, (_, a) =>
    Array.from({ length: dim + 1 }, (_, b) => {
      const sum = rows.reduce((all, row, i) => all + weights[i] * row[a] * (b < dim ? row[b] : targets[i]), 0);
      return (2 * sum) / total + (a === b ? decay : 0);
    }),
  );
  for (let k = 0; k < dim; k++) {
    for (let i = 0; i < dim; i++) {
      if (i === k) continue;
      const factor = system[i][k] / system[k][k];
      for (let j = k; j <= dim; j++) system[i][j] -= factor * system[k][j];
    }
  }
  return system.map((row, k) => row[dim] / row[k]);
}

/** Gradient descent on the mean squared error, from zero. */
export function descended(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  { rate, steps }: { rate: number; steps: number },
): number[] {
  let theta = rows[0].map(() => 0);
  for (let step = 0; step < steps; step++) {
    const errors = rows.map((row, i) => row.reduce((sum, value, k) => sum + value * theta[k], 0) - targets[i]);
    theta = theta.map(
      (value, k) => value - (2 * rate * rows.reduce((sum, row, i) => sum + errors[i] * row[k], 0)) / rows.length,
    );
  }
  return theta;
}
