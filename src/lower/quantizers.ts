import type { Value } from '../graph/graph';
import type { DType } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { LoweringTable } from './context';
import { LowerContext } from './context';
import { clip } from './elementwise';
import { matmul, productLowerings } from './products';

/*
 * Straight-through quantizers: they do not round, but still saturate. A quantized tensor is the unrounded float number
 * x/scale + zeroPoint, so that operators between quantizers see the expected values.
 */
export const quantizerLowerings: LoweringTable = {
  /** clip(x/scale + zeroPoint) to the range of the integers */
  QuantizeLinear(c) {
    const { g, x } = c;
    const scale = along(c, c.input(1));
    const scaled = g.div(x, scale);
    const shifted = c.has(2) ? g.add(scaled, g.cast(along(c, c.input(2)), x.dtype)) : scaled;
    const range = RANGES[c.has(2) ? c.input(2).dtype : (OUTPUT_TYPES[c.int('output_dtype', 0)] ?? 'uint8')];
    return range ? clip(g, shifted, g.like(x, range[0]), g.like(x, range[1])) : shifted;
  },
  /** (q − zeroPoint)·scale */
  DequantizeLinear(c) {
    const { g } = c;
    const scale = along(c, c.input(1));
    const q = g.cast(c.x, scale.dtype);
    return g.mul(c.has(2) ? g.sub(q, g.cast(along(c, c.input(2)), scale.dtype)) : q, scale);
  },
  /** The scale follows the data and nothing saturates, so x is kept, with scale 1 and zero point 0. */
  DynamicQuantizeLinear: ({ g, x }) => [x, g.like(x, 1), g.like(x, 0)],
  MatMulInteger: ({ g, x, input, has }) =>
    matmul(g, centred(g, x, has(2) ? input(2) : null, -2), centred(g, input(1), has(3) ? input(3) : null, -1)),
  ConvInteger(c) {
    const x = centred(c.g, c.x, c.has(2) ? c.input(2) : null, -1);
    const w = centred(c.g, c.input(1), c.has(3) ? perFilter(c.g, c.input(3), c.input(1)) : null, -1);
    return productLowerings.Conv(new LowerContext(c.g, c.node, [x, w], c.opset));
  },
};

/** [M] → [M,1,…] */
function perFilter(g: LowerContext['g'], zeroPoint: Value, w: Value): Value {
  if (sizeOf(zeroPoint.shape) === 1) return g.reshape(zeroPoint, []);
  return g.reshape(
    zeroPoint,
    w.shape.map((dim, i) => (i === 0 ? dim : 1)),
  );
}

const RANGES: { [D in DType]?: readonly [number, number] } = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
};

/** ONNX TensorProto.DataType of integers. */
const OUTPUT_TYPES: Readonly<Record<number, DType>> = { 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16' };

/** A scale or zero point for each entry of the quantized axis, shaped to broadcast with x; blocks are repeated. */
function along(c: LowerContext, value: Value): Value {
  const { g, x } = c;
  if (sizeOf(value.shape) === 1) return g.reshape(value, []);
  const axis = c.axis(c.int('axis', 1));
  const block = c.int('block_size', 0);
  if (block === 0) {
    return g.reshape(
      value,
      x.shape.map((dim, i) => (i === axis ? dim : 1)),
    );
  }
  const repeated = g.expand(g.unsqueeze(value, [axis + 1]), [
    ...value.shape.slice(0, axis + 1),
    block,
    ...value.shape.slice(axis + 1),
  ]);
  const merged = g.reshape(
    repeated,
    value.shape.map((dim, i) => (i === axis ? dim * block : dim)),
  );
  return g.sliceAxis(merged, axis, 0, x.shape[axis]);
}

/** q − zeroPoint in float32; a zero point per row (−2) or per column (−1). */
function centred(g: LowerContext['g'], q: Value, zeroPoint: Value | null, axis: -1 | -2): Value {
  const real = q.dtype === 'float64' ? q : g.cast(q, 'float32');
  if (!zeroPoint) return real;
  const zero = g.cast(zeroPoint, real.dtype);
  return g.sub(real, axis === -2 && zero.shape.length === 1 && zero.shape[0] > 1 ? g.unsqueeze(zero, [1]) : zero);
}
