import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ort } from '../../src/engine/ort';
import type { DType, Tensor, TensorData } from '../../src/graph/tensor';
import type { NodeCase } from './nodeCase';

/**
 * What ONNX Runtime itself makes of the case's own model file; null where it does not run it: newer than the runtime,
 * or of an element type that has no JavaScript form (16-bit floats and narrower).
 */
export async function runtimeAnswer({ model, inputs }: NodeCase): Promise<Record<string, Tensor> | null> {
  if (Object.values(inputs).some(({ element, dtype }) => element !== dtype)) return null;
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(model.bytes, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 4,
    });
  } catch {
    return null;
  }
  try {
    const feeds = Object.entries(inputs).map(([name, { dtype, data, shape }]) => [
      name,
      new ort.Tensor(dtype, data as never, shape),
    ]);
    // Cases made to fail, such as empty inputs, are no news: the answer is null then.
    const results = await session.run(Object.fromEntries(feeds), { logSeverityLevel: 4 });
    return Object.fromEntries(
      Object.entries(results).flatMap(([name, value]) => {
        const { type, dims, data } = value as OrtTensor;
        return ArrayBuffer.isView(data)
          ? [[name, { dtype: type as DType, shape: dims, data: data as TensorData }]]
          : [];
      }),
    );
  } catch {
    return null;
  } finally {
    await session.release();
  }
}
