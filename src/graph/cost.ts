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

/**
 * Average number of elements of the right factor of a product, weighted by the operations of each product:
 *   Σ fᵢ·|Wᵢ| / Σ fᵢ,  |W| the kernel of one group of a convolution or the last two axes of a matrix.
 * 0 if there are no products.
 */
export function factorSize(outputs: readonly Value[]): number {
  let weighted = 0;
  let total = 0;
  for (const node of nodesOf(outputs)) {
    if (node.op !== 'MatMul' && node.op !== 'Conv') continue;
    const { shape } = node.inputs[1];
    const size = node.op === 'Conv' ? sizeOf(shape) / groupsOf(node) : sizeOf(shape.slice(-2));
    weighted += nodeFlops(node) * size;
    total += nodeFlops(node);
  }
  return total > 0 ? weighted / total : 0;
}

const groupsOf = (node: Node): number => (node as Node<'Conv'>).attributes.group;
