import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf, tensor } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import type { AxisResize, Kernel } from './interpolation';
import { interpolationMatrix, nearestIndices, sourceCoordinate } from './interpolation';
import { counted } from '../graph/limits';

/** Resizing is linear in the image and separable, so it handles one axis after another. */
export const resizeLowerings: LoweringTable = {
  Resize: (c) => (c.opset < 11 ? legacy(c, c.constants(1)) : resize(c)),
  /** Resize's name before opset 10. */
  Upsample: (c) => legacy(c, c.node.attributes.scales ? floats(c, 'scales') : c.constants(1)),
};

function floats(c: LowerContext, name: string): number[] {
  const attribute = c.node.attributes[name];
  return attribute.kind === 'floats' ? [...attribute.value] : c.fail(`Attribute "${name}" of ${c.node.op} is no list.`);
}

function legacy(c: LowerContext, scales: readonly number[] | null): Value {
  if (!scales) return c.fail(`${c.node.op} without scales.`);
  const axes = scales.map((scale, i) => axisOf(c.x.shape[i], scale, 'asymmetric'));
  return resizeAxes(c, axes, [...axes.keys()], 'simple');
}

const axisOf = (input: number, scale: number, coordinates: string): AxisResize => ({
  input,
  output: Math.floor(input * scale),
  scale,
  roi: [0, 1],
  coordinates,
});

function resize(c: LowerContext): Value {
  const { x } = c;
  const which = (c.optionalInts('axes') ?? [...x.shape.keys()]).map((axis) => c.axis(axis));
  const coordinates = c.string('coordinate_transformation_mode', 'half_pixel');
  const given = c.has(2) ? c.constants(2)! : [];
  const scaled =
    given.length > 0
      ? given.map((scale, i) => axisOf(x.shape[which[i]], scale, coordinates))
      : sized(c, which, coordinates);
  const roi = coordinates === 'tf_crop_and_resize' ? (c.constants(1) ?? []) : [];
  const axes = scaled.map((axis, i): AxisResize => {
    return roi.length > 0 ? { ...axis, roi: [roi[i], roi[i + which.length]] } : axis;
  });
  return resizeAxes(c, axes, which, c.string('nearest_mode', 'round_prefer_floor'));
}

/** Requested lengths, or a box that the image fills or fits into while keeping its aspect ratio. */
function sized(c: LowerContext, which: readonly number[], coordinates: string): AxisResize[] {
  const sizes = c.constants(3) ?? c.fail('Resize without scales and sizes.');
  const lengths = which.map((axis) => c.x.shape[axis]);
  const ratios = sizes.map((size, i) => size / lengths[i]);
  const policy = c.string('keep_aspect_ratio_policy', 'stretch');
  const common = policy === 'not_larger' ? Math.min(...ratios) : policy === 'not_smaller' ? Math.max(...ratios) : null;
  return lengths.map((input, i) => {
    const scale = common ?? ratios[i];
    const output = common === null ? sizes[i] : Math.floor(common * input + 0.5);
    return { input, output, scale, roi: [0, 1], coordinates };
  });
}

function resizeAxes(c: LowerContext, axes: readonly AxisResize[], which: readonly number[], nearest: string): Value {
  const { g } = c;
  const mode = c.string('mode', 'nearest');
  const kernel: Kernel = {
    mode: mode === 'cubic' ? 'cubic' : 'linear',
    a: c.float('cubic_coeff_a', -0.75),
    excludeOutside: c.int('exclude_outside', 0) === 1,
    antialias: c.int('antialias', 0) === 1,
  };
  let y = c.x;
  for (const [i, axis] of axes.entries()) {
    if (axis.coordinates !== 'tf_crop_and_resize' && axis.scale === 1 && axis.input === axis.output) continue;
    y =
      mode === 'nearest'
        ? pick(g, y, which[i], nearestIndices(axis, nearest))
        : blend(g, y, which[i], interpolationMatrix(axis, kernel));
  }
  return extrapolated(c, y, axes, which);
}

/** Copies elements along an axis. Whole repeats are broadcasts, whose transpose is a sum. */
function pick(g: GraphBuilder, x: Value, axis: number, indices: readonly number[]): Value {
  const length = x.shape[axis];
  const repeat = indices.length / length;
  if (Number.isInteger(repeat) && indices.every((from, i) => from === Math.floor(i / repeat))) {
    const split = g.unsqueeze(x, [axis + 1]);
    const repeated = g.expand(
      split,
      split.shape.map((dim, i) => (i === axis + 1 ? repeat : dim)),
    );
    return g.reshape(
      repeated,
      x.shape.map((dim, i) => (i === axis ? dim * repeat : dim)),
    );
  }
  return g.gather(x, g.indices(indices), axis);
}

function blend(g: GraphBuilder, x: Value, axis: number, rows: readonly (readonly number[])[]): Value {
  const length = x.shape[axis];
  const matrix = g.swapLast(g.constant(tensor(x.dtype, [rows.length, length], rows.flat())));
  const last = g.moveAxis(x, axis, x.shape.length - 1);
  const flat = g.reshape(last, [sizeOf(last.shape) / length, length]);
  const blended = g.reshape(g.matmul(flat, matrix), [...last.shape.slice(0, -1), rows.length]);
  return g.moveAxis(blended, x.shape.length - 1, axis);
}

/** tf_crop_and_resize fills what lies outside of the image with a number. */
function extrapolated(c: LowerContext, y: Value, axes: readonly AxisResize[], which: readonly number[]): Value {
  const { g } = c;
  let result = y;
  for (const [i, axis] of axes.entries()) {
    if (axis.coordinates !== 'tf_crop_and_resize') continue;
    const outside = counted(axis.output, (k) => {
      const at = sourceCoordinate(k, axis);
      return Number(at < 0 || at > axis.input - 1);
    });
    if (!outside.includes(1)) continue;
    const mask = tensor(
      'bool',
      y.shape.map((_, other) => (other === which[i] ? axis.output : 1)),
      outside,
    );
    result = g.where(g.constant(mask), g.like(y, c.float('extrapolation_value', 0)), result);
  }
  return result;
}
