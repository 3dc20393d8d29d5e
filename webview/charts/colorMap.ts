/**
 * The colour map viridis. It is perceptually uniform, monotone in lightness, safe for colour-blind readers, and legible
 * on dark and light pages. The table has 17 of its 256 colours, and `viridis` interpolates between them. The eye
 * cannot see the difference.
 * @see Smith & van der Walt 2015, "A Better Default Colormap for Matplotlib"
 */
const VIRIDIS: readonly (readonly [number, number, number])[] = [
  [68, 1, 84],
  [72, 24, 106],
  [71, 45, 123],
  [66, 64, 134],
  [59, 82, 139],
  [51, 99, 141],
  [44, 114, 142],
  [38, 130, 142],
  [33, 145, 140],
  [31, 160, 136],
  [40, 174, 128],
  [63, 188, 115],
  [94, 201, 98],
  [132, 212, 75],
  [173, 220, 48],
  [216, 226, 25],
  [253, 231, 37],
];

export type Rgb = readonly [number, number, number];

/**
 * @param t 0 (lowest, dark) to 1 (highest, bright); values outside this range take the colour of the nearer end
 * @returns channels 0 to 255
 */
export function viridis(t: number): Rgb {
  const position = Math.min(Math.max(t, 0), 1) * (VIRIDIS.length - 1);
  const index = Math.min(Math.floor(position), VIRIDIS.length - 2);
  const [from, to] = [VIRIDIS[index], VIRIDIS[index + 1]];
  const part = position - index;
  const mix = (channel: 0 | 1 | 2): number => Math.round(from[channel] + part * (to[channel] - from[channel]));
  return [mix(0), mix(1), mix(2)];
}

export function cssColor([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}

/** Maps a value to a position t in [0, 1] and back, on a linear or a logarithmic scale. */
export interface ColorScale {
  kind: 'log' | 'linear';
  min: number;
  max: number;
  /** Returns t, or NaN for a value that is not finite (on a log scale also for one that is not positive). */
  position(value: number): number;
  value(t: number): number;
}

/** Makes a scale that spans the finite values. A log scale becomes linear unless all of them are positive. */
export function colorScale(values: Iterable<number>, wanted: 'log' | 'linear'): ColorScale {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  if (min > max) [min, max] = [0, 1];
  const kind = wanted === 'log' && min > 0 ? 'log' : 'linear';
  const [forward, backward] = kind === 'log' ? [Math.log, Math.exp] : [identity, identity];
  const [from, to] = [forward(min), forward(max)];
  // When all values are equal, they get the middle colour.
  const span = to - from;
  return {
    kind,
    min,
    max,
    position: (value) => (Number.isFinite(value) ? (span > 0 ? (forward(value) - from) / span : 0.5) : NaN),
    value: (t) => backward(from + t * span),
  };
}

function identity(value: number): number {
  return value;
}
