import type { Node, Value } from './graph';
import { nodesOf } from './graph';
import { sizeOf } from './tensor';

/** Floating-point operations of one run: two per multiply-add of products and convolutions, one per element elsewhere. */
export function flops(outputs: readonly Value[]): number {
  return nodesOf(outputs).reduce((sum, node) => sum + nodeFlops(node), 0);
}

function nodeFlops({ op, inputs, outputs: [y] }: Node): number {
  switch (op) {
    case 'MatMul':
      return 2 * sizeOf(y.shape) * inputs[0].shape[inputs[0].shape.length - 1];
    case 'Conv':
    case 'BlockedConv':
      return 2 * sizeOf(y.shape) * sizeOf(inputs[1].shape.slice(1));
    case 'ConvInput':
      return 2 * sizeOf(inputs[0].shape) * sizeOf(inputs[1].shape.slice(1));
    case 'Constant':
    case 'Reshape':
      return 0;
    default:
      return sizeOf(y.shape);
  }
}
