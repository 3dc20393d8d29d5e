import type { Tensor } from '../graph/tensor';
import { pick, sizeOf } from '../graph/tensor';

/** Coordinates of a position: (x, y), and perhaps ones beside them for shifts. */
const MOST_COORDINATES = 4;
/** Fewer levels than this look like anything. */
const LEAST_LEVELS = 3;
/** A bias of a few outputs may well rise evenly. */
const LEAST_LENGTH = 5;
/** Tolerance of a step, relative to it, for linspace in float32. */
const STEP_ERROR = 1e-4;

/** Layout of the coordinates of positions in a tensor. */
interface Layout {
  coordinates: number;
  /** Index of a coordinate of a position. */
  at: (coordinate: number, position: number) => number;
}

/**
 * Positions along one or several axes, from arange, linspace and meshgrid: a ramp, or a few ramps side by side in the first
 * long axis or in the last, perhaps with constants. Training never results in such tensors.
 */
export function isGrid(tensor: Tensor): boolean {
  const size = sizeOf(tensor.shape);
  return layoutsOf(tensor.shape).some((layout) => {
    const length = size / layout.coordinates;
    if (length < LEAST_LENGTH || !beginsAsGrid(tensor, layout, length)) return false;
    const all = Array.from({ length: layout.coordinates }, (_, coordinate) => coordinate);
    return all.every((c) => isRamp((position) => tensor.data[layout.at(c, position)] as number, length));
  });
}

function layoutsOf(shape: readonly number[]): Layout[] {
  const size = sizeOf(shape);
  const long = shape.filter((dim) => dim > 1);
  if (long.length === 0) return [];
  const layouts: Layout[] = [{ coordinates: 1, at: (_, position) => position }];
  if (long.length < 2) return layouts;
  const [first, last] = [long[0], long[long.length - 1]];
  if (last <= MOST_COORDINATES) layouts.push({ coordinates: last, at: (c, position) => position * last + c });
  if (first <= MOST_COORDINATES) {
    layouts.push({ coordinates: first, at: (c, position) => (c * size) / first + position });
  }
  return layouts;
}

/** Whether some coordinate rises evenly from position to position or from row to row. A few numbers suffice to rule it out. */
function beginsAsGrid(tensor: Tensor, { coordinates, at }: Layout, length: number): boolean {
  const row = tensor.shape[tensor.shape.length - 1];
  return Array.from({ length: coordinates }, (_, c) => c).some((c) =>
    [1, row].some((stride) => {
      if (2 * stride >= length) return false;
      const [x, y, z] = pick(tensor, [at(c, 0), at(c, stride), at(c, 2 * stride)]);
      return x !== y && isStep(z - y, y - x);
    }),
  );
}

/** a + step · (⌊position/run⌋ mod levels), or the same number everywhere. */
function isRamp(at: (position: number) => number, length: number): boolean {
  let run = 1;
  while (run < length && at(run) === at(0)) run++;
  if (run === length) return true;
  const step = at(run) - at(0);
  let levels = 1;
  while (levels * run < length && isStep(at(levels * run) - at((levels - 1) * run), step)) levels++;
  if (levels < LEAST_LEVELS) return false;
  for (let position = 0; position < length; position++) {
    const expected = at(0) + step * (Math.floor(position / run) % levels);
    if (Math.abs(at(position) - expected) > levels * STEP_ERROR * Math.abs(step)) return false;
  }
  return true;
}

const isStep = (difference: number, step: number) => Math.abs(difference - step) <= STEP_ERROR * Math.abs(step);
