import type { ObjectiveFacts } from '../../src/analysis/facts';
import { UserError } from '../../src/errors';
import type { Objective } from '../../src/objective/objective';

/** What a report needs to know about an objective that was written by hand. */
export function factsOf(objective: Objective, facts: Partial<ObjectiveFacts> = {}): ObjectiveFacts {
  return {
    model: {
      path: 'model.onnx',
      sha256: '',
      opset: 17,
      producer: 'by hand',
      parameterCount: objective.dim,
      parameters: objective.parameters.map(({ name, shape, count }) => ({ name, shape: [...shape], count })),
    },
    function: 'mse',
    reads: 'output «y»',
    batchSize: objective.samples,
    provider: { requested: 'cpu', used: 'cpu', device: 'by hand', fallbacks: [] },
    generated: false,
    notes: [],
    canDifferentiate: true,
    operators: [],
    seconds: { load: 0, compile: 0 },
    provenance: { version: '0', seed: 0, options: {}, data: '', started: '', machine: '' },
    readOther: () => Promise.reject(new UserError({ what: 'There is no other model.' })),
    ...facts,
  };
}
