/**
 * Compares names as people count: digits are compared as whole numbers, so that `ckpt_9` comes before `ckpt_10`. Equal
 * numbers of different length (`7`, `07`) and equal letters of different case are told apart only at the end, so that the
 * order is total.
 */
export function compareNaturally(a: string, b: string): number {
  const [left, right] = [pieces(a), pieces(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = comparePieces(left[i], right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length || plainly(a, b);
}

/**
 * The last whole number in a name: 300 of `run2/epoch-3-step-300.onnx`, 9 of `epoch=9-val_loss=0.81.onnx`, whose loss counts
 * no steps. Where all numbers are decimals, as in `v1.2.onnx`, the last digits; null where there are none.
 */
export function lastNumber(name: string): number | null {
  const found = name.match(/(?<!\d\.\d*|\d)\d+(?!\d|\.\d)/g) ?? name.match(/\d+/g);
  return found ? Number(found[found.length - 1]) : null;
}

/** Splits a name into digits and what lies between them. */
function pieces(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function comparePieces(a: string, b: string): number {
  const [isNumber, isOther] = [/^\d/.test(a), /^\d/.test(b)];
  if (isNumber !== isOther) return isNumber ? -1 : 1;
  if (!isNumber) return plainly(a.toLowerCase(), b.toLowerCase());
  // Numbers may have more digits than a float64 holds, such as hashes of commits.
  const [x, y] = [a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, '')];
  return x.length - y.length || plainly(x, y);
}

function plainly(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
