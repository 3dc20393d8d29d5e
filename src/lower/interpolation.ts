import { checkWritten, counted } from '../graph/limits';
/*
 * Resizing along one axis: the input elements of each output element, and their weights. These are constants that follow
 * from the model's shapes; the graph only multiplies by them.
 */

/** One axis to be resized. */
export interface AxisResize {
  input: number;
  output: number;
  scale: number;
  /** Region of interest, in units of the axis; read by tf_crop_and_resize alone. */
  roi: readonly [number, number];
  coordinates: string;
}

/** The place in the input that output element i comes from. @see ONNX Resize, coordinate_transformation_mode */
export function sourceCoordinate(i: number, { input, output, scale, roi, coordinates }: AxisResize): number {
  switch (coordinates) {
    case 'asymmetric':
      return i / scale;
    case 'align_corners':
      return output === 1 ? 0 : (i * (input - 1)) / (output - 1);
    case 'pytorch_half_pixel':
      return output > 1 ? (i + 0.5) / scale - 0.5 : 0;
    case 'tf_half_pixel_for_nn':
      return (i + 0.5) / scale;
    case 'half_pixel_symmetric': {
      // Half a pixel around the centre, if the scale and the rounded length disagree.
      const adjustment = output / (scale * input);
      return (input / 2) * (1 - adjustment) + (i + 0.5) / scale - 0.5;
    }
    case 'tf_crop_and_resize':
      return output > 1
        ? roi[0] * (input - 1) + (i * (roi[1] - roi[0]) * (input - 1)) / (output - 1)
        : 0.5 * (roi[0] + roi[1]) * (input - 1);
    default:
      return (i + 0.5) / scale - 0.5;
  }
}

const rounding: Record<string, (x: number, shrinks: boolean) => number> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  /** The only mode of opset 10 and Upsample. */
  simple: (x, shrinks) => (shrinks ? Math.ceil(x) : Math.trunc(x)),
};

/** The input element that each output element copies. */
export function nearestIndices(axis: AxisResize, mode: string): number[] {
  return counted(axis.output, (i) => {
    const at = rounding[mode](sourceCoordinate(i, axis), axis.scale < 1);
    return Math.min(Math.max(at, 0), axis.input - 1);
  });
}

export interface Kernel {
  mode: 'linear' | 'cubic';
  /** Cubic coefficient a. */
  a: number;
  excludeOutside: boolean;
  antialias: boolean;
}

/** Weights of the input elements for each output element: [output][input], rows summing to 1. */
export function interpolationMatrix(axis: AxisResize, kernel: Kernel): number[][] {
  const reach = kernel.mode === 'linear' ? 1 : 2;
  // When shrinking, the filter widens by the scale, so that every input element counts.
  const stretch = kernel.antialias ? Math.min(1, axis.scale) : 1;
  const weight = kernel.mode === 'linear' ? triangle : (x: number) => cubic(x, kernel.a);
  checkWritten(axis.output * Math.max(axis.input, (2 * reach) / stretch));
  return counted(axis.output, (i) => {
    const centre = sourceCoordinate(i, axis);
    const row = Array<number>(axis.input).fill(0);
    const [first, last] = [Math.floor(centre - reach / stretch) + 1, Math.ceil(centre + reach / stretch) - 1];
    for (let at = Math.min(first, Math.floor(centre)); at <= Math.max(last, Math.floor(centre)); at++) {
      const inside = at >= 0 && at < axis.input;
      if (!inside && kernel.excludeOutside) continue;
      row[Math.min(Math.max(at, 0), axis.input - 1)] += weight((at - centre) * stretch);
    }
    const total = row.reduce((sum, w) => sum + w, 0);
    return row.map((w) => w / total);
  });
}

const triangle = (x: number) => Math.max(0, 1 - Math.abs(x));

/** @see Keys 1981, Cubic convolution interpolation for digital image processing */
function cubic(x: number, a: number): number {
  const t = Math.abs(x);
  if (t < 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((t - 5) * t + 8) * t * a - 4 * a : 0;
}
