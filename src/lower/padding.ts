import type { Value } from '../graph/graph';
import type { LowerContext, LoweringTable } from './context';
import { counted } from '../graph/limits';

export const paddingLowerings: LoweringTable = {
  Pad: pad,
  /** Crops or pads with zeros around the centre, to a given shape. */
  CenterCropPad(c) {
    const wanted = c.constants(1) ?? c.fail('CenterCropPad without a shape.');
    const axes = (c.optionalInts('axes') ?? [...c.x.shape.keys()]).map((axis) => c.axis(axis));
    const before = c.x.shape.map(() => 0);
    const after = c.x.shape.map(() => 0);
    for (const [i, axis] of axes.entries()) {
      const missing = wanted[i] - c.x.shape[axis];
      // An odd element is added or removed at the end.
      before[axis] = missing < 0 ? -Math.floor(-missing / 2) : Math.floor(missing / 2);
      after[axis] = missing - before[axis];
    }
    return constantPad(c, before, after, 0);
  },
};

function pad(c: LowerContext): Value {
  const { x } = c;
  const mode = c.string('mode', 'constant');
  const pads = c.intsOrInput('pads', 1) ?? c.fail('Pad without pads.');
  const axes = (c.constants(3) ?? [...x.shape.keys()]).map((axis) => c.axis(axis));
  const before = x.shape.map(() => 0);
  const after = x.shape.map(() => 0);
  for (const [i, axis] of axes.entries()) {
    before[axis] = pads[i];
    after[axis] = pads[i + axes.length];
  }
  if (mode === 'constant') {
    return constantPad(c, before, after, (c.has(2) ? c.constants(2)![0] : undefined) ?? c.float('value', 0));
  }
  let y = x;
  for (const axis of axes) {
    if (before[axis] === 0 && after[axis] === 0) continue;
    const length = x.shape[axis];
    const source = sources[mode] ?? c.fail(`Padding mode "${mode}" is not known.`);
    const indices = counted(before[axis] + length + after[axis], (i) => source(i - before[axis], length));
    y = c.g.gather(y, c.g.indices(indices), axis);
  }
  return y;
}

/** The element of an axis that fills a place beyond it. */
const sources: Record<string, (place: number, length: number) => number> = {
  edge: (place, length) => Math.min(Math.max(place, 0), length - 1),
  wrap: (place, length) => modulo(place, length),
  /** Without repeating the edge: a period of 2(n − 1). */
  reflect(place, length) {
    if (length === 1) return 0;
    const folded = modulo(place, 2 * (length - 1));
    return folded < length ? folded : 2 * (length - 1) - folded;
  },
};

const modulo = (a: number, b: number) => ((a % b) + b) % b;

/** Negative pads cut. */
function constantPad({ g, x }: LowerContext, before: number[], after: number[], value: number): Value {
  const cut = g.apply('Slice', [x], {
    starts: before.map((n) => Math.max(0, -n)),
    ends: after.map((n, axis) => x.shape[axis] + Math.min(0, n)),
    steps: before.map(() => 1),
  });
  const atLeastZero = (list: number[]) => list.map((n) => Math.max(0, n));
  return g.pad(cut, atLeastZero(before), atLeastZero(after), value);
}
