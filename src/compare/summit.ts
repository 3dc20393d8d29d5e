/** A point between two others that may lie above all of them, and how far. */
export interface Gain {
  at: number;
  rise: number;
}

/**
 * Finds where a function may rise furthest above its highest known value y*. Between two neighbours b < c, a concave
 * function lies below the secant from a through b and below that from d through c, where a and d are the next points
 * outwards. So it lies below the point where both meet, which for two straight pieces is their very peak.
 * @param x ascending
 * @returns null where no secants meet above y*, as where the function is nowhere concave
 */
export function widestGain(x: readonly number[], y: readonly number[]): Gain | null {
  const highest = Math.max(...y);
  let widest: Gain | null = null;
  for (let b = 0; b + 1 < x.length; b++) {
    const meeting = meetingPoint(x, y, b);
    if (meeting && meeting.y > highest && meeting.y - highest > (widest?.rise ?? 0)) {
      widest = { at: meeting.x, rise: meeting.y - highest };
    }
  }
  return widest;
}

/** Points nearer to a known one than this fraction of their interval would measure that one again. */
const NEAREST = 0.05;

/** Where the secants on both sides of the interval [b, b + 1] meet, or null if they do not meet there. */
function meetingPoint(x: readonly number[], y: readonly number[], b: number): { x: number; y: number } | null {
  const c = b + 1;
  const slope = (i: number) => (y[i + 1] - y[i]) / (x[i + 1] - x[i]);
  const width = x[c] - x[b];
  const middle = x[b] + width / 2;
  const left = b > 0 ? slope(b - 1) : null;
  const right = c + 1 < x.length ? slope(c) : null;
  // At an end of the line one secant alone bounds the function, and does so worst at that end.
  if (left === null) return right !== null && slope(b) > right ? { x: middle, y: y[c] - right * width } : null;
  if (right === null) return left > slope(b) ? { x: middle, y: y[b] + left * width } : null;
  if (!(left > slope(b) && slope(b) > right)) return null;
  const step = (y[c] - y[b] - right * width) / (left - right);
  const inside = Math.min(Math.max(step, NEAREST * width), (1 - NEAREST) * width);
  return { x: x[b] + inside, y: y[b] + left * step };
}
