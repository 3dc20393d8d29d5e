import { batches } from '../../data/batches';
import type { Dataset } from '../../data/dataset';
import type { Engine } from '../../engine/engine';
import type { Value } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import { sizeOf } from '../../graph/tensor';
import type { LoweredModel } from '../../model/lowered';

/** The output to compute, and on which samples. */
export interface AnswerRequest {
  lowered: LoweredModel;
  /** [batch, …] */
  output: Value;
  data: Dataset;
  batchSize: number;
  engine: Engine;
  /** Number of samples; all if absent. */
  most?: number;
}

/** Computes the model's answers to the first samples, [samples, …]. Cost: one graph and one forward pass of them. */
export async function answersOf({ lowered, output, data, batchSize, engine, most }: AnswerRequest): Promise<Tensor> {
  const samples = Math.min(most ?? data.samples, data.samples);
  const constants = new Map(lowered.parameters.map(({ value, tensor }) => [value, tensor]));
  const program = await engine.compile(lowered.g, { inputs: lowered.inputs, outputs: { answer: output }, constants });
  try {
    const size = sizeOf(output.shape.slice(1));
    const found = new Float32Array(samples * size);
    for (const { inputs, start, count } of batches({ ...data, target: null }, batchSize)) {
      if (start >= samples) break;
      const { answer } = await program.run(inputs);
      const rows = Math.min(count, samples - start);
      found.set((answer.data as Float32Array).subarray(0, rows * size), start * size);
    }
    return { dtype: 'float32', shape: [samples, ...output.shape.slice(1)], data: found };
  } finally {
    await program.release();
  }
}
