import { UserError } from '../../errors';
import { sizeOf } from '../../graph/tensor';
import { lossHead } from '../../loss/head';
import { reaching } from '../../model/lowered';
import type { LossGraph } from '../run/lossGraph';
import { TARGET, WEIGHTS } from '../run/lossGraph';
import type { BoundLoss } from './bindLoss';

/** A graph of L(θ), and a description of what its loss reads: "logits of «output»". */
export interface AppendedLoss {
  graph: LossGraph;
  reads: string;
}

/**
 * Appends the loss to the model's graph.
 * @param onCpu whether the graph runs on the CPU
 * @throws UserError when no parameter reaches the loss
 */
export function appendLoss({ lowered, batchSize, output, choice, data }: BoundLoss, onCpu: boolean): AppendedLoss {
  const { g, inputs } = lowered;
  // Only the CPU has float64 kernels; a device would have to copy the values to the host and back.
  const precision = onCpu ? 'float64' : 'float32';
  const target = choice.target && g.input(TARGET, choice.target.dtype, [batchSize, ...choice.target.shape.slice(1)]);
  const { positions } = choice;
  const head = lossHead(g, { ...choice, positions: positions ?? undefined, output, target, precision });
  const parameters = reaching(lowered.parameters, head.prediction);
  if (parameters.length === 0) {
    throw new UserError({
      what: 'No parameter of the model reaches the loss.',
      action: 'Check --parameters. `ridgeline inspect MODEL` lists the tensors that count as parameters.',
    });
  }
  const graph: LossGraph = {
    g,
    data: target ? { ...inputs, [TARGET]: target } : inputs,
    weights: g.input(WEIGHTS, 'float64', [batchSize]),
    parameters,
    head,
    batchSize,
    weighted: data.weights !== undefined,
    dim: parameters.reduce((sum, { value }) => sum + sizeOf(value.shape), 0),
  };
  return { graph, reads: head.reads };
}
