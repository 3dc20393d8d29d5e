import { normalizesBatch } from '../lower/normalization';
import type { SourceGraph, SourceNode, SourceSubgraph } from '../graph/source';
import { allNodes } from '../graph/sourceIndex';

/*
 * What files exported in training mode do: Dropout draws a random mask, BatchNormalization takes the mean and variance of
 * the batch it is given.
 */

/**
 * Every Dropout as in evaluation mode, where it hands its input on. A loss with random masks has another value in each
 * run; that of the network without them is what its weights determine.
 * @returns the graph, and how many nodes would have drawn
 */
export function withoutDropout(source: SourceGraph): { source: SourceGraph; dropped: number } {
  let dropped = 0;
  const evaluated = (nodes: readonly SourceNode[], known: SourceGraph['initializers']): SourceNode[] =>
    nodes.map((node) => {
      const inner = withBodies(node, (body) => {
        const within = new Map([...known, ...body.initializers]);
        return { ...body, nodes: evaluated(body.nodes, within) };
      });
      if (!isStandard(node, 'Dropout') || !draws(node, known)) return inner;
      dropped++;
      return { ...inner, inputs: node.inputs.slice(0, 1) };
    });
  const nodes = evaluated(source.nodes, source.initializers);
  return dropped > 0 ? { source: { ...source, nodes }, dropped } : { source, dropped };
}

/** Opset 12 and newer: inputs are data, ratio (½ if left out), training mode (off if left out). */
function draws({ inputs: [, ratio = '', training = ''] }: SourceNode, known: SourceGraph['initializers']): boolean {
  const isZero = (name: string) => name !== '' && Number(known.get(name)?.data[0] ?? 1) === 0;
  return training !== '' && !isZero(training) && !isZero(ratio);
}

/** Every BatchNormalization with the mean and the variance of its batch, instead of running statistics. */
export function withBatchStatistics(source: SourceGraph): SourceGraph {
  const recomputing = (nodes: readonly SourceNode[]): SourceNode[] =>
    nodes.map((node) => {
      const inner = withBodies(node, (body) => ({ ...body, nodes: recomputing(body.nodes) }));
      if (!isStandard(node, 'BatchNormalization')) return inner;
      return { ...inner, attributes: { ...inner.attributes, training_mode: { kind: 'int', value: 1 } } };
    });
  return { ...source, nodes: recomputing(source.nodes) };
}

/** Whether samples of a batch act on each other: the answer to one then depends on the others beside it. */
export function mixesSamples({ nodes, opsets }: SourceGraph): boolean {
  return allNodes(nodes).some(
    (node) => isStandard(node, 'BatchNormalization') && normalizesBatch(node, opsets[''] ?? 1),
  );
}

const isStandard = ({ op, domain }: SourceNode, name: string) => op === name && (domain === '' || domain === 'ai.onnx');

function withBodies(node: SourceNode, change: (body: SourceSubgraph) => SourceSubgraph): SourceNode {
  const attributes = Object.entries(node.attributes).map(([name, attribute]) =>
    attribute.kind === 'graph'
      ? [name, { kind: 'graph' as const, value: change(attribute.value as SourceSubgraph) }]
      : [name, attribute],
  );
  return { ...node, attributes: Object.fromEntries(attributes) as SourceNode['attributes'] };
}
