import type { Value } from '../graph/graph';
import type { SignalFlow } from './signalFlow';

/**
 * Names the parameters that make each value out of what the layers before it have made: the weights of the nearest
 * products, their biases, and what scales their results. Back along a path, the search ends at such a product, at
 * another of the values, and at the data.
 * @param names names of the parameters, by value
 */
export function parametersBefore(
  flow: Pick<SignalFlow, 'products' | 'fromData'>,
  names: ReadonlyMap<Value, string>,
  values: Iterable<Value>,
): ReadonlyMap<Value, readonly string[]> {
  const ends = new Set(values);
  const weightsOf = new Map(flow.products.map(({ node, weight }) => [node, weight]));
  const search = (from: Value): string[] => {
    const found = new Set<string>();
    const seen = new Set<Value>([from]);
    const open = [from];
    for (let value = open.pop(); value; value = open.pop()) {
      const name = names.get(value);
      if (name !== undefined) found.add(name);
      if (!value.node || (value !== from && ends.has(value))) continue;
      const weight = weightsOf.get(value.node);
      for (const input of weight ? [weight] : value.node.inputs) {
        if (seen.has(input)) continue;
        seen.add(input);
        open.push(input);
      }
    }
    // In the order of the network, which is that of the names.
    return [...names.values()].filter((name) => found.has(name));
  };
  return new Map([...ends].map((value) => [value, search(value)]));
}
