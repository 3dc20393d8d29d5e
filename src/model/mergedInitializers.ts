import { splitCopiedLayers } from './copiedLayers';
import { isUniform } from './exporterConstants';
import type { SourceGraph, SourceNode } from '../graph/source';
import { areSiblings } from './siblings';
import type { SourceIndex, Use } from '../graph/sourceIndex';
import { indexOf } from '../graph/sourceIndex';
import { isFloat } from '../graph/tensor';

/**
 * Exporters write equal initializers once: all zero biases of a width, all unit scales, the layers of an untrained network
 * that began as copies of one another. As one tensor, they would be tied, but in training they were not. This gives each its
 * own copy again, under its own name if the file still has it. Anything else that is used twice counts as tied on purpose,
 * and so does anything that belongs to tied weights.
 * @returns the graph, and the names that were split
 */
export function splitMergedInitializers(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const layers = splitLayers(source);
  const copies = splitCopiedLayers(layers.source);
  const uniform = splitUniform(copies.source);
  return { source: uniform.source, split: [...new Set([...layers.split, ...copies.split, ...uniform.split])] };
}

/**
 * PyTorch keeps the name of a tensor that equals another as an Identity of that one. Tensors that were one in training have
 * no Identity, unless the exporter rearranged them. Rearranged tensors have new names, and their readers reveal the layer.
 */
function splitLayers(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const index = indexOf(source);
  const initializers = new Map(source.initializers);
  const dropped = new Set<SourceNode>();
  const split: string[] = [];
  for (const node of source.nodes) {
    const [name] = node.inputs;
    const [alias] = node.outputs;
    const tensor = source.initializers.get(name);
    if (!tensor || !isFloat(tensor.dtype) || !isMerger(node) || source.outputs.includes(alias)) continue;
    const named = !alias.startsWith(REARRANGED) && !name.startsWith(REARRANGED);
    if (!named && !usedBySiblings(index, name, alias)) continue;
    dropped.add(node);
    initializers.set(alias, tensor);
    split.push(name);
  }
  if (split.length === 0) return { source, split };
  return { source: { ...source, nodes: source.nodes.filter((node) => !dropped.has(node)), initializers }, split };
}

/** PyTorch's names of tensors that it transposed or fused for the file. */
const REARRANGED = 'onnx::';

/** `Identity_3`; an Identity of the model's own code has the name of its layer. */
const isMerger = ({ op, name }: SourceNode) => op === 'Identity' && /^Identity_\d+$/.test(name);

/** Whether every reader of one has its counterpart among the readers of the other, in a layer of another number. */
export function usedBySiblings({ uses }: SourceIndex, name: string, alias: string): boolean {
  const readers = (tensor: string) => (uses.get(tensor) ?? []).flatMap(({ node }) => (isMerger(node) ? [] : [node]));
  const [ones, others] = [readers(name), readers(alias)];
  return others.length > 0 && others.every((other) => ones.some((one) => areSiblings(one.name, other.name)));
}

/** A copy for each use of a one-dimensional tensor that repeats one number. */
function splitUniform(source: SourceGraph): { source: SourceGraph; split: string[] } {
  const index = indexOf(source);
  const initializers = new Map(source.initializers);
  const renamed = new Map<SourceNode, string[]>();
  const split: string[] = [];
  const outside = new Set(source.nodes);
  for (const [name, tensor] of source.initializers) {
    const places = index.uses.get(name) ?? [];
    const axes = tensor.shape.filter((dim) => dim > 1).length;
    if (places.length < 2 || !isFloat(tensor.dtype) || axes !== 1 || !isUniform(tensor)) continue;
    // A loop reads the same weights in every step.
    if (!places.every(({ node }) => outside.has(node)) || belongsToTiedWeights(source, index, places)) continue;
    const [, ...others] = apart(places);
    if (others.length === 0) continue;
    split.push(name);
    for (const [i, group] of others.entries()) {
      const copy = `${name}/${i + 2}`;
      initializers.set(copy, tensor);
      for (const { node, input } of group) {
        if (!renamed.has(node)) renamed.set(node, [...node.inputs]);
        renamed.get(node)![input] = copy;
      }
    }
  }
  const nodes = source.nodes.map((node) => (renamed.has(node) ? { ...node, inputs: renamed.get(node)! } : node));
  return { source: split.length > 0 ? { ...source, nodes, initializers } : source, split };
}

/** Uses grouped by parameter. A bias that a layer reads in parts, as in attention, is one parameter. */
function apart(places: readonly Use[]): Use[][] {
  const groups = new Map<unknown, Use[]>();
  for (const use of places) {
    const { op, name } = use.node;
    const key = op === 'Slice' ? name.slice(0, name.lastIndexOf('/') + 1) : use;
    groups.set(key, [...(groups.get(key) ?? []), use]);
  }
  return [...groups.values()];
}

const PRODUCTS = new Set(['MatMul', 'Gemm']);

/** A layer that runs twice has one weight matrix and therefore one bias. */
function belongsToTiedWeights(
  { initializers }: SourceGraph,
  { producers }: SourceIndex,
  places: readonly Use[],
): boolean {
  const matrix = ({ node, input }: Use) => {
    const layer = node.op === 'Add' ? producers.get(node.inputs[1 - input]) : node;
    // In the first step of an unrolled recurrence, the left factor is also an initializer: the initial state.
    const weights = layer && PRODUCTS.has(layer.op) && initializers.has(layer.inputs[1]) ? 1 : 0;
    return layer?.inputs.slice(weights).find((name) => (initializers.get(name)?.shape.length ?? 0) > 1);
  };
  const [first, ...rest] = places.map(matrix);
  return first !== undefined && rest.every((name) => name === first);
}
