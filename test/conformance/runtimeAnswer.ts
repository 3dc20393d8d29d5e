import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { ort } from '../../src/engine/ort';
import type { DType, Tensor, TensorData } from '../../src/graph/tensor';
import type { NodeCase } from './nodeCase';

/**
 * The outputs of ONNX Runtime for the case's own model file. Null where the runtime does not run it, because the case
 * is newer than the runtime or has an element type without a JavaScript form (16-bit floats and narrower).
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
    // Some cases, such as those with empty inputs, are known to fail. The answer is then null and nothing is logged.
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
