/**
 * Whether two names are the same except for the numbers of their layers: `/encoder/layers.0/linear/MatMul` and
 * `/encoder/layers.1/linear/MatMul`, `layers.0.linear.weight` and `layers.1.linear.weight`. A layer that runs twice
 * has a number of another kind: `/linear/MatMul` and `/linear_1/MatMul`.
 */
export function areSiblings(a: string, b: string): boolean {
  const [left, right] = [a, b].map((name) => name.split(/[./]/));
  if (a === b || left.length !== right.length) return false;
  return left.every((part, i) => part === right[i] || (/^\d+$/.test(part) && /^\d+$/.test(right[i])));
}
