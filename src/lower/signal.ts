import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LoweringTable } from './context';
import { counted } from '../graph/limits';

/** Fourier transforms as products with matrices of cosines and sines, which are linear and as exact as sums. */
export const signalLowerings: LoweringTable = {
  /** x […, length, …, 1 or 2]: real, or real and imaginary parts, on the last axis. */
  DFT(c) {
    const { g, x } = c;
    const axis = c.axis(c.node.attributes.axis ? c.int('axis') : (c.constants(2)?.[0] ?? (c.opset < 20 ? 1 : -2)));
    const inverse = c.int('inverse', 0) === 1;
    const onesided = c.int('onesided', 0) === 1;
    const half = inverse && onesided;
    const length = c.constants(1)?.[0] ?? (half ? 2 * (x.shape[axis] - 1) : x.shape[axis]);
    const signal = ofLength(g, x, axis, half ? Math.floor(length / 2) + 1 : length);
    return half ? realSignal(g, signal, axis, length) : transform(g, signal, { axis, length, inverse, onesided });
  },
  /** signal [batch, length, 1 or 2] → spectra of overlapping windows, [batch, frames, bins, 2] */
  STFT(c) {
    const { g } = c;
    // The standard defines real signals as [N, length, 1]; PyTorch writes [N, length], which the runtime also accepts.
    const x = c.x.shape.length === 2 ? g.unsqueeze(c.x, [2]) : c.x;
    const step = c.constants(1)?.[0] ?? c.fail('STFT without a step.');
    const window = c.has(2) ? c.input(2) : null;
    const length = c.constants(3)?.[0] ?? window?.shape[0] ?? c.fail('STFT without window and frame length.');
    const frames = Math.floor((x.shape[1] - length) / step) + 1;
    const places = counted(frames * length, (i) => Math.floor(i / length) * step + (i % length));
    const cut = g.gather(x, g.indices(places, [frames, length]), 1);
    const shaped = window ? g.mul(cut, g.reshape(window, [length, 1])) : cut;
    return transform(g, shaped, { axis: 2, length, inverse: false, onesided: c.int('onesided', 1) === 1 });
  },
};

/** Cuts, or pads with zeros. */
function ofLength(g: GraphBuilder, x: Value, axis: number, length: number): Value {
  const cut = g.sliceAxis(x, axis, 0, Math.min(length, x.shape[axis]));
  const missing = length - cut.shape[axis];
  const none = x.shape.map(() => 0);
  return g.pad(
    cut,
    none,
    none.map((_, i) => (i === axis ? missing : 0)),
  );
}

/** X[k] = Σₙ x[n]·e^(∓2πikn/N), over N for the inverse; `onesided` keeps the first N/2 + 1 bins. */
function transform(
  g: GraphBuilder,
  x: Value,
  { axis, length, inverse, onesided }: { axis: number; length: number; inverse: boolean; onesided: boolean },
): Value {
  const bins = onesided ? Math.floor(length / 2) + 1 : length;
  const scale = inverse ? 1 / length : 1;
  const waves = (f: (angle: number) => number) =>
    matrix(length, bins, (n, k) => scale * f((2 * Math.PI * ((n * k) % length)) / length));
  const along = (part: Value, waveform: number[]) => applyAlong(g, part, axis, waveform, bins);
  const cos = waves(Math.cos);
  const sin = waves((angle) => (inverse ? -1 : 1) * Math.sin(angle));
  const [real, imaginary] = parts(g, x);
  const y = along(real, cos);
  const z = g.neg(along(real, sin));
  const last = x.shape.length - 1;
  if (!imaginary) return g.concat([y, z], last);
  return g.concat([g.add(y, along(imaginary, sin)), g.add(z, along(imaginary, cos))], last);
}

/** The real signal of a half spectrum: the missing bins are conjugates of those between the first and the middle one. */
function realSignal(g: GraphBuilder, x: Value, axis: number, length: number): Value {
  const bins = x.shape[axis];
  const times = (k: number) => (k === 0 || 2 * k === length ? 1 : 2) / length;
  const waves = (f: (angle: number) => number) =>
    matrix(bins, length, (k, n) => times(k) * f((2 * Math.PI * ((n * k) % length)) / length));
  const [real, imaginary] = parts(g, x);
  const y = applyAlong(g, real, axis, waves(Math.cos), length);
  return imaginary ? g.sub(y, applyAlong(g, imaginary, axis, waves(Math.sin), length)) : y;
}

function parts(g: GraphBuilder, x: Value): [Value, Value | null] {
  const last = x.shape.length - 1;
  return [g.sliceAxis(x, last, 0, 1), x.shape[last] > 1 ? g.sliceAxis(x, last, 1, 2) : null];
}

function matrix(rows: number, columns: number, f: (row: number, column: number) => number): number[] {
  return counted(rows * columns, (i) => f(Math.floor(i / columns), i % columns));
}

/** x with one axis multiplied by a constant matrix [length, columns]. */
function applyAlong(g: GraphBuilder, x: Value, axis: number, values: readonly number[], columns: number): Value {
  const length = x.shape[axis];
  const last = g.moveAxis(x, axis, x.shape.length - 1);
  const rows = g.reshape(last, [sizeOf(last.shape) / length, length]);
  const y = g.matmul(rows, g.constant(tensor(x.dtype, [length, columns], values)));
  return g.moveAxis(g.reshape(y, [...last.shape.slice(0, -1), columns]), x.shape.length - 1, axis);
}
