const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

/** Σᵢ over samples of the answer's error times the inputs, the last input being the constant 1, over their number. */
function gradient(rows: readonly (readonly number[])[], labels: readonly number[], theta: readonly number[]): number[] {
  const sum = theta.map(() => 0);
  rows.forEach((row, i) => {
    const error = sigmoid(logit(row, theta)) - labels[i];
    [...row, 1].forEach((value, k) => (sum[k] += (error * value) / rows.length));
  });
  return sum;
}

const logit = (row: readonly number[], theta: readonly number[]): number =>
  [...row, 1].reduce((sum, value, k) => sum + value * theta[k], 0);

/**
 * Logistic regression by Newton's method, from zero. Classes that overlap have one minimum, where it converges
 * quadratically.
 * @param decay of decay/2·‖θ‖², added to the loss; separable classes have a minimum only with it
 * @returns one weight per feature, and the bias
 */
export function newton(rows: readonly (readonly number[])[], labels: readonly number[], decay = 0): number[] {
  let theta = [...rows[0], 1].map(() => 0);
  for (let step = 0; step < 12; step++) {
    const hessian = theta.map((_, i) => theta.map((_, j) => (i === j ? decay : 0)));
    for (const row of rows) {
      const p = sigmoid(logit(row, theta));
      const values = [...row, 1];
      for (const [i, a] of values.entries()) {
        for (const [j, b] of values.entries()) hessian[i][j] += (p * (1 - p) * a * b) / rows.length;
      }
    }
    const slope = gradient(rows, labels, theta).map((value, k) => value + decay * theta[k]);
    const way = solved(hessian, slope);
    theta = theta.map((value, k) => value - way[k]);
  }
  return theta;
}

/** Logistic regression by gradient descent, from zero, for so many steps and no further. */
export function descent(
  rows: readonly (readonly number[])[],
  labels: readonly number[],
  { rate, steps }: { rate: number; steps: number },
): number[] {
  let theta = [...rows[0], 1].map(() => 0);
  for (let step = 0; step < steps; step++) {
    const slope = gradient(rows, labels, theta);
    theta = theta.map((value, k) => value - rate * slope[k]);
  }
  return theta;
}

/** Solves A·x = b for a positive definite A, by elimination. */
function solved(a: readonly (readonly number[])[], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]]);
  for (let k = 0; k < rows.length; k++) {
    for (let i = k + 1; i < rows.length; i++) {
      const factor = rows[i][k] / rows[k][k];
      for (let j = k; j <= rows.length; j++) rows[i][j] -= factor * rows[k][j];
    }
  }
  const x = b.map(() => 0);
  for (let k = rows.length - 1; k >= 0; k--) {
    const known = rows[k].slice(k + 1, -1).reduce((sum, value, j) => sum + value * x[k + 1 + j], 0);
    x[k] = (rows[k][rows.length] - known) / rows[k][k];
  }
  return x;
}
