import type { WritableModel } from '../../../src/onnx/write';
import { NetworkWriter } from './networkWriter';
import type { Wire } from './networkWriter';

export interface ResNetShape {
  batch: number;
  /** Height and width of the images. */
  image: number;
  /** Channels of the first stage. Each later stage has twice as many as the one before. */
  width: number;
  /** Number of blocks of each stage. */
  blocks: readonly number[];
  /** Two 3 × 3 convolutions, or a bottleneck of 1 × 1, 3 × 3 and 1 × 1 with four times the channels at the end. */
  block: 'basic' | 'bottleneck';
  classes: number;
}

export const RESNET_18 = { image: 224, width: 64, blocks: [2, 2, 2, 2], block: 'basic', classes: 1000 } as const;
export const RESNET_50 = { ...RESNET_18, blocks: [3, 4, 6, 3], block: 'bottleneck' } as const;

/** Factor by which a bottleneck block widens its output. */
const EXPANSION = 4;

/**
 * A residual network (He et al. 2016, arXiv:1512.03385) with the stride in the 3 × 3 convolution, as in torchvision.
 * Batch normalization is folded into the convolutions, as exporters do.
 */
export function resnet({ batch, image, width, blocks, block, classes }: ResNetShape, seed = 0): WritableModel {
  const net = new NetworkWriter(seed);
  const gain = 1 / Math.sqrt(blocks.reduce((sum, n) => sum + n, 0));
  let x = net.input('image', [batch, 3, image, image]);
  x = net.maxPool(net.unary('Relu', net.conv('stem', x, { channels: width, kernel: 7, stride: 2 })));
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++) {
      const stride = i === 0 && stage > 0 ? 2 : 1;
      x = residualBlock(net, `stage${stage + 1}.${i}`, x, { kind: block, width: width * 2 ** stage, stride, gain });
    }
  }
  return net.finish(net.gemm('classifier', net.flatten(net.globalAveragePool(x)), classes));
}

function residualBlock(
  net: NetworkWriter,
  name: string,
  x: Wire,
  { kind, width, stride, gain }: { kind: ResNetShape['block']; width: number; stride: number; gain: number },
): Wire {
  const channels = kind === 'basic' ? width : width * EXPANSION;
  const relu = (y: Wire) => net.unary('Relu', y);
  const branch =
    kind === 'basic'
      ? net.conv(`${name}.conv2`, relu(net.conv(`${name}.conv1`, x, { channels: width, kernel: 3, stride })), {
          channels,
          kernel: 3,
          gain,
        })
      : net.conv(
          `${name}.conv3`,
          relu(
            net.conv(`${name}.conv2`, relu(net.conv(`${name}.conv1`, x, { channels: width, kernel: 1 })), {
              channels: width,
              kernel: 3,
              stride,
            }),
          ),
          { channels, kernel: 1, gain },
        );
  const same = stride === 1 && x.shape[1] === channels;
  const skip = same ? x : net.conv(`${name}.downsample`, x, { channels, kernel: 1, stride, gain: Math.SQRT1_2 });
  return relu(net.add(branch, skip));
}
