import type { WritableModel } from '../../../src/onnx/write';
import { NetworkWriter } from './networkWriter';
import type { Wire } from './networkWriter';

/** One block: kernel, inner channels, output channels, squeeze-and-excitation, activation, stride. */
type Bneck = readonly [
  kernel: number,
  expansion: number,
  out: number,
  excite: boolean,
  op: 'Relu' | 'HardSwish',
  stride: number,
];

export interface MobileNetShape {
  batch: number;
  image: number;
  blocks: readonly Bneck[];
  /** Channels after the last block, and width of the layer before the classes. */
  head: readonly [number, number];
  classes: number;
}

/** Table 1 of Howard et al. 2019, arXiv:1905.02244. */
export const MOBILENET_V3_LARGE: Omit<MobileNetShape, 'batch'> = {
  image: 224,
  blocks: [
    [3, 16, 16, false, 'Relu', 1],
    [3, 64, 24, false, 'Relu', 2],
    [3, 72, 24, false, 'Relu', 1],
    [5, 72, 40, true, 'Relu', 2],
    [5, 120, 40, true, 'Relu', 1],
    [5, 120, 40, true, 'Relu', 1],
    [3, 240, 80, false, 'HardSwish', 2],
    [3, 200, 80, false, 'HardSwish', 1],
    [3, 184, 80, false, 'HardSwish', 1],
    [3, 184, 80, false, 'HardSwish', 1],
    [3, 480, 112, true, 'HardSwish', 1],
    [3, 672, 112, true, 'HardSwish', 1],
    [5, 672, 160, true, 'HardSwish', 2],
    [5, 960, 160, true, 'HardSwish', 1],
    [5, 960, 160, true, 'HardSwish', 1],
  ],
  head: [960, 1280],
  classes: 1000,
};

const STEM = 16;

/** MobileNetV3: depthwise convolutions, squeeze-and-excitation and hard swish, with batch normalization folded. */
export function mobilenet({ batch, image, blocks, head, classes }: MobileNetShape, seed = 0): WritableModel {
  const net = new NetworkWriter(seed);
  let x = net.input('image', [batch, 3, image, image]);
  x = net.unary('HardSwish', net.conv('stem', x, { channels: STEM, kernel: 3, stride: 2 }));
  for (const [i, block] of blocks.entries()) x = bneck(net, `block${i + 1}`, x, block);
  x = net.unary('HardSwish', net.conv('head', x, { channels: head[0], kernel: 1 }));
  const hidden = net.gemm('hidden', net.flatten(net.globalAveragePool(x)), head[1]);
  return net.finish(net.gemm('classifier', net.unary('HardSwish', hidden), classes));
}

function bneck(net: NetworkWriter, name: string, x: Wire, [kernel, width, out, excite, op, stride]: Bneck): Wire {
  const channels = x.shape[1];
  let y = width === channels ? x : net.unary(op, net.conv(`${name}.expand`, x, { channels: width, kernel: 1 }));
  y = net.unary(op, net.conv(`${name}.depthwise`, y, { channels: width, kernel, stride, group: width }));
  if (excite) y = squeezeExcite(net, `${name}.se`, y);
  y = net.conv(`${name}.project`, y, { channels: out, kernel: 1, gain: Math.SQRT1_2 });
  return stride === 1 && channels === out ? net.add(x, y) : y;
}

/** Multiplies each channel by a gate that reads the means of all channels: y·σ(W₂·relu(W₁·ȳ)). */
function squeezeExcite(net: NetworkWriter, name: string, y: Wire): Wire {
  const width = y.shape[1];
  const hidden = net.unary(
    'Relu',
    net.conv(`${name}.1`, net.globalAveragePool(y), { channels: squeezed(width), kernel: 1 }),
  );
  return net.mul(y, net.unary('HardSigmoid', net.conv(`${name}.2`, hidden, { channels: width, kernel: 1 })));
}

/** A quarter of the channels, rounded to a multiple of eight that is at most a tenth below it. */
function squeezed(width: number): number {
  const quarter = width / 4;
  const near = 8 * Math.max(1, Math.round(quarter / 8));
  return near < 0.9 * quarter ? near + 8 : near;
}
