import type { Tensor, TensorData } from '../../graph/tensor';

/**
 * The tensor with its own memory. Sending a view to another thread would copy all of the memory behind it.
 */
export function alone(tensor: Tensor): Tensor {
  const { data } = tensor;
  const shared = data.byteLength < data.buffer.byteLength;
  return shared ? { ...tensor, data: data.slice() as TensorData } : tensor;
}
