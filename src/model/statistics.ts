import type { SourceGraph } from '../graph/source';
import { allNodes, indexOf } from '../graph/sourceIndex';
import { isFloat } from '../graph/tensor';
import { normalizesBatch } from '../lower/normalization';
import { operatorKey, PASSING } from './parameterRoles';

/** Inputs of BatchNormalization that hold running statistics: the mean and the variance. */
const STATISTICS = [3, 4];

/**
 * Names of the initializers that hold running statistics, in the order of their use. Training moves them without a
 * gradient, so they are no parameters, but another model of the same architecture has others. What the node reads tells
 * them, directly or behind operators that only rearrange a tensor; their names do not matter. A node that normalizes with
 * the statistics of the batch reads none.
 */
export function runningStatistics(source: SourceGraph): string[] {
  const { producers } = indexOf(source);
  const found = new Set<string>();
  const follow = (name: string, seen: ReadonlySet<string>): void => {
    const tensor = source.initializers.get(name);
    if (tensor && isFloat(tensor.dtype)) found.add(name);
    const producer = producers.get(name);
    if (tensor || seen.has(name) || !producer || !PASSING.has(producer.op)) return;
    const passed = producer.op === 'Concat' ? producer.inputs : producer.inputs.slice(0, 1);
    for (const input of passed) follow(input, new Set([...seen, name]));
  };
  for (const node of allNodes(source.nodes)) {
    if (operatorKey(node) !== 'BatchNormalization' || normalizesBatch(node, source.opsets[''] ?? 1)) continue;
    for (const input of STATISTICS) follow(node.inputs[input] ?? '', new Set());
  }
  return [...found];
}
