import type { SourceGraph, SourceNode } from '../graph/source';
import { areSiblings } from './siblings';
import type { SourceIndex, Use } from '../graph/sourceIndex';
import { indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf } from '../graph/tensor';

/**
 * Splits untrained layers that began as copies of one another, in a file that an optimizer has rewritten. The optimizer
 * removes the names that PyTorch keeps for equal tensors and leaves one tensor for all of them. The names of its readers
 * reveal this: they have the same place in layers of different numbers. A layer that runs twice keeps its number, so its
 * weights stay one. Weights also stay one if layers share some and differ in others, because such sharing is intended.
 * @returns the graph with a copy for each layer, and the names that were split
 */
export function splitCopiedLayers(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const index = indexOf(source);
  const outside = new Set(source.nodes);
  const initializers = new Map(source.initializers);
  const renamed = new Map<SourceNode, string[]>();
  const split: string[] = [];
  const layers = new Layers(source, index);
  for (const [name, tensor] of source.initializers) {
    const uses = index.uses.get(name) ?? [];
    if (uses.length < 2 || !isFloat(tensor.dtype) || sizeOf(tensor.shape) < 2) continue;
    if (!uses.every(({ node }) => outside.has(node))) continue;
    const groups = layers.apart(uses);
    if (groups.length < 2) continue;
    split.push(name);
    const [first, ...others] = groups;
    for (const [i, { numbers, uses: group }] of others.entries()) {
      const own = renumbered(name, first.numbers, numbers);
      const copy = own && !initializers.has(own) ? own : `${name} of layer ${i + 2}`;
      initializers.set(copy, tensor);
      for (const { node, input } of group) {
        if (!renamed.has(node)) renamed.set(node, [...node.inputs]);
        renamed.get(node)![input] = copy;
      }
    }
  }
  if (split.length === 0) return { source, split };
  const nodes = source.nodes.map((node) => (renamed.has(node) ? { ...node, inputs: renamed.get(node)! } : node));
  return { source: { ...source, nodes, initializers }, split };
}

/** Nodes by the place in their names: the path, with the numbers of layers separated. */
class Layers {
  /** For each path without numbers, the readers of weights there, by the numbers. */
  private readonly places = new Map<string, Map<string, SourceNode>>();

  constructor(
    private readonly source: SourceGraph,
    private readonly index: SourceIndex,
  ) {
    for (const node of source.nodes) {
      const path = this.pathOf(node);
      if (!path || this.weightsOf(node).length === 0) continue;
      const { place, numbers } = placeOf(path, node.op);
      if (!this.places.has(place)) this.places.set(place, new Map());
      this.places.get(place)!.set(numbers, node);
    }
  }

  /** Uses of a tensor by layer, if completely equal layers use it in the same way; else none. */
  apart(uses: readonly Use[]): { numbers: string; uses: Use[] }[] {
    const groups = new Map<string, Use[]>();
    for (const use of uses) {
      const path = this.pathOf(use.node);
      if (!path) return [];
      const { numbers } = placeOf(path, use.node.op);
      groups.set(numbers, [...(groups.get(numbers) ?? []), use]);
    }
    const [[first, ones], ...others] = groups;
    const alike = others.every(([numbers, group]) => this.repeats(group, ones) && this.equalThroughout(first, numbers));
    return alike ? [...groups].map(([numbers, group]) => ({ numbers, uses: group })) : [];
  }

  private repeats(group: readonly Use[], ones: readonly Use[]): boolean {
    return (
      group.length === ones.length &&
      group.every((use) =>
        ones.some(
          (one) => one.input === use.input && areSiblings(this.pathOf(one.node) ?? '', this.pathOf(use.node) ?? ''),
        ),
      )
    );
  }

  /** Whether both layers have all weights in common. If one differs, the others were shared on purpose. */
  private equalThroughout(first: string, second: string): boolean {
    return [...this.places.values()].every((byNumbers) => {
      const [one, other] = [byNumbers.get(first), byNumbers.get(second)];
      return !one || !other || sameTensors(this.weightsOf(one), this.weightsOf(other));
    });
  }

  private weightsOf({ inputs }: SourceNode): Tensor[] {
    return inputs.flatMap((name) => {
      const tensor = this.source.initializers.get(name);
      return tensor && isFloat(tensor.dtype) && sizeOf(tensor.shape) > 1 ? [tensor] : [];
    });
  }

  /** The name of a node or, if an optimizer fused and renamed it, of its predecessor. */
  private pathOf(node: SourceNode): string | null {
    if (node.name.includes('/')) return node.name;
    const before = node.inputs.flatMap((name) => this.index.producers.get(name) ?? [])[0];
    return before?.name.includes('/') ? before.name : null;
  }
}

/** `/encoder/layers.3/linear1/MatMul` → the path with its numbers left out, and the numbers. */
function placeOf(path: string, op: string): { place: string; numbers: string } {
  const parts = path.split(/[./]/);
  const isNumber = (part: string) => /^\d+$/.test(part);
  return {
    place: `${op} ${parts.map((part) => (isNumber(part) ? '#' : part)).join('/')}`,
    numbers: parts.filter(isNumber).join(),
  };
}

/** `layers.0.bias` → `layers.1.bias`, PyTorch's name; null for a name without the numbers of its layer. */
function renumbered(name: string, from: string, to: string): string | null {
  if (placeOf(name, '').numbers !== from) return null;
  const numbers = to.split(',');
  return name.replace(/(?<=^|[./])\d+(?=$|[./])/g, () => numbers.shift() ?? '');
}

/** Constants that were exported with a layer, such as a mask, are stored for each layer. */
function sameTensors(ones: readonly Tensor[], others: readonly Tensor[]): boolean {
  return (
    ones.length === others.length &&
    ones.every((one, i) => {
      const other = others[i];
      if (one === other) return true;
      const data = other.data as Float32Array;
      return String(one.shape) === String(other.shape) && (one.data as Float32Array).every((v, k) => v === data[k]);
    })
  );
}
