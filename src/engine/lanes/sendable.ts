import type { Tensor, TensorData } from '../../graph/tensor';

/**
 * The tensor with its numbers in memory of their own, if they share it: what is sent to another thread is copied with all
 * of the memory that it is a view of.
 */
export function alone(tensor: Tensor): Tensor {
  const { data } = tensor;
  const shared = data.byteLength < data.buffer.byteLength;
  return shared ? { ...tensor, data: data.slice() as TensorData } : tensor;
}
