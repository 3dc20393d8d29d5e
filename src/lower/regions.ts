import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import type { LowerContext, LoweringTable } from './context';
import { ones, perChannel, resolvePads } from './products';
import { counted } from '../graph/limits';

/** Convolution and pooling at computed places, by bilinear interpolation. */
export const regionLowerings: LoweringTable = { DeformConv: deformConv, RoiAlign: roiAlign };

/**
 * Elements of x [rows, channels, H, W] at fractional places y and x, both [rows, …]: [rows, channels, …], blended from
 * four neighbours. The weights carry the derivative by the place; the neighbours' indices are flat.
 */
function bilinear(g: GraphBuilder, image: Value, [y, x]: readonly [Value, Value], outside: 'zero' | 'edge'): Value {
  const [rows, channels, height, width] = image.shape;
  const places = y.shape.slice(1);
  const table = g.reshape(g.moveAxis(image, 1, 3), [rows * height * width, channels]);
  const first = g.indices(
    counted(rows, (n) => n * height * width),
    [rows, ...places.map(() => 1)],
  );
  const sides = ([at, length]: readonly [Value, number]) => {
    const low = g.unary('Floor', at);
    const t = g.sub(at, low);
    return [
      { place: low, weight: g.sub(g.like(t, 1), t), length },
      { place: g.shift(low, 1), weight: t, length },
    ];
  };
  const clamped = (place: Value, length: number) => {
    const above = g.where(g.less(place, g.like(place, 0)), g.like(place, 0), place);
    return g.where(g.greater(above, g.like(place, length - 1)), g.like(place, length - 1), above);
  };
  let sum: Value | null = null;
  for (const v of sides([y, height])) {
    for (const h of sides([x, width])) {
      const [row, column] = [clamped(v.place, height), clamped(h.place, width)];
      let weight = g.mul(v.weight, h.weight);
      if (outside === 'zero') {
        const inside = g.binary('And', g.equal(row, v.place), g.equal(column, h.place));
        weight = g.where(inside, weight, g.like(weight, 0));
      }
      const index = g.add(g.mul(g.cast(row, 'int64'), g.indices([width], [])), g.cast(column, 'int64'));
      const picked = g.gather(table, g.expand(g.add(first, index), [rows, ...places]), 0);
      const term: Value = g.mul(picked, g.unsqueeze(weight, [weight.shape.length]));
      sum = sum ? g.add(sum, term) : term;
    }
  }
  return g.moveAxis(sum!, sum!.shape.length - 1, 1);
}

/** A convolution whose kernel positions are shifted by offsets [N, groups·kh·kw·2, oh, ow] and weighted by a mask. */
function deformConv(c: LowerContext): Value {
  const { g, x } = c;
  const [w, offset] = [c.input(1), c.input(2)];
  if (x.shape.length !== 4) c.fail('DeformConv is supported for images, of rank 4.');
  const [batch, channels, ...spatial] = x.shape;
  const [kh, kw] = w.shape.slice(2);
  const strides = c.ints('strides', ones(2));
  const dilations = c.ints('dilations', ones(2));
  const pads = resolvePads(c, spatial, [kh, kw], { strides, dilations });
  const groups = c.int('offset_group', 1);
  const [height, width] = offset.shape.slice(2);
  const moved = g.reshape(offset, [batch * groups, kh * kw, 2, height, width]);
  // Places of the kernel positions before the shift: [1, kh·kw, oh, ow].
  const grid = (axis: 0 | 1) =>
    g.cast(
      g.indices(
        counted(kh * kw * height * width, (flat) => {
          const column = flat % width;
          const row = Math.floor(flat / width) % height;
          const k = Math.floor(flat / width / height);
          const [place, tap] = axis === 0 ? [row, Math.floor(k / kw)] : [column, k % kw];
          return place * strides[axis] - pads[axis] + tap * dilations[axis];
        }),
        [1, kh * kw, height, width],
      ),
      x.dtype,
    );
  const place = (axis: 0 | 1) => g.add(grid(axis), g.squeeze(g.sliceAxis(moved, 2, axis, axis + 1), [2]));
  const images = g.reshape(x, [batch * groups, channels / groups, ...spatial]);
  let samples = bilinear(g, images, [place(0), place(1)], 'zero');
  if (c.has(4)) samples = g.mul(samples, g.reshape(c.input(4), [batch * groups, 1, kh * kw, height, width]));
  // One product per weight group over channels and kernel positions.
  const parts = c.int('group', 1);
  const outputs = w.shape[0];
  const inner = (channels / parts) * kh * kw;
  const columns = g.reshape(samples, [batch, parts, inner, height * width]);
  const rows = g.reshape(w, [1, parts, outputs / parts, inner]);
  const y = g.reshape(g.matmul(rows, columns), [batch, outputs, height, width]);
  return c.has(3) ? g.add(y, perChannel(g, c.input(3), 4)) : y;
}

/** Regions [R, 4] (x₁, y₁, x₂, y₂) of images, each averaged to a grid: [R, C, height, width]. */
function roiAlign(c: LowerContext): Value {
  const { g, x } = c;
  const rois = c.input(1);
  const [regions] = rois.shape;
  const [height, width] = [c.int('output_height', 1), c.int('output_width', 1)];
  const ratio = c.int('sampling_ratio', 0);
  if (ratio <= 0) c.fail('RoiAlign with a sampling ratio that depends on the size of the regions.');
  const half =
    c.string('coordinate_transformation_mode', c.opset < 16 ? 'output_half_pixel' : 'half_pixel') === 'half_pixel';
  const scaled = g.shift(g.scale(rois, c.float('spatial_scale', 1)), half ? -0.5 : 0);
  const corner = (i: number) => g.sliceAxis(scaled, 1, i, i + 1);
  const along = (start: Value, end: Value, bins: number) => {
    const extent = g.sub(end, start);
    // Older versions made regions at least one element long.
    const length = half ? extent : g.max(extent, g.like(extent, 1));
    const steps = counted(bins * ratio, (i) => (i + 0.5) / (bins * ratio));
    const fractions = g.constant({ dtype: 'float64', shape: [1, steps.length], data: Float64Array.from(steps) });
    return g.add(start, g.mul(length, g.cast(fractions, x.dtype)));
  };
  const vertical = along(corner(1), corner(3), height);
  const horizontal = along(corner(0), corner(2), width);
  const shape = [regions, height * ratio, width * ratio];
  const places = [g.expand(g.unsqueeze(vertical, [2]), shape), g.expand(g.unsqueeze(horizontal, [1]), shape)];
  const [h, w] = x.shape.slice(2);
  const beyond = ([at, length]: readonly [Value, number]) =>
    g.binary('Or', g.less(at, g.like(at, -1)), g.greater(at, g.like(at, length)));
  const clamped = ([at, length]: readonly [Value, number]) => {
    const above = g.where(g.less(at, g.like(at, 0)), g.like(at, 0), at);
    return g.where(g.greater(above, g.like(at, length - 1)), g.like(at, length - 1), above);
  };
  const axes = [
    [places[0], h],
    [places[1], w],
  ] as const;
  const images = g.gather(x, g.cast(c.input(2), 'int64'), 0);
  const samples = bilinear(g, images, [clamped(axes[0]), clamped(axes[1])], 'edge');
  const outside = g.unsqueeze(g.binary('Or', beyond(axes[0]), beyond(axes[1])), [1]);
  const kept = g.where(outside, g.like(samples, 0), samples);
  const channels = x.shape[1];
  const split = g.reshape(kept, [regions, channels, height, ratio, width, ratio]);
  if (c.string('mode', 'avg') === 'max')
    c.fail('RoiAlign in mode "max" takes maxima of weighted corners, which is not supported.');
  return g.reshape(g.mean(split, [3, 5]), [regions, channels, height, width]);
}
