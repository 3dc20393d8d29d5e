import { missingRules, operatorName } from '../../autodiff/differentiate';
import type { Node, Value } from '../../graph/graph';
import { nodesOf } from '../../graph/graph';
import { loopBodyOf } from '../../graph/loopBody';
import { sizeOf } from '../../graph/tensor';
import { MOST_STEPS_RUN } from '../../lower/wholeLoop';
import type { LoweredModel } from '../../model/lowered';
import { matchesGlobs } from '../../model/trained';

/** A node of the model that gradients do not pass through. */
export interface UnsupportedNode {
  node: string;
  operator: string;
  reason: string;
}

/** The parts of a model that cannot be differentiated, and what works despite them. */
export interface Unsupported {
  nodes: UnsupportedNode[];
  /** Sentences about what works; empty where everything can be differentiated. */
  stillWorks: string[];
}

/** Finds every node between the parameters and the outputs that has no derivative, and says how to avoid it. */
export function unsupportedBetween(parameters: LoweredModel['parameters'], outputs: readonly Value[]): Unsupported {
  const missing = missingRules(
    outputs,
    parameters.map(({ value }) => value),
  );
  if (missing.length === 0) return { nodes: [], stillWorks: [] };
  const below = valuesBelow(missing);
  const read = new Set(nodesOf(outputs).flatMap((node) => node.inputs));
  const free = parameters.filter(({ value }) => read.has(value) && !below.has(value));
  const lossesWork = 'Ridgeline can still measure the loss and random lines and planes.';
  if (free.length === 0) {
    return {
      nodes: missing.map(described),
      stillWorks: [lossesWork, 'Every parameter lies below one of these nodes.'],
    };
  }
  const names = free.map(({ name }) => name);
  const globs = globsFor(
    names,
    parameters.map(({ name }) => name).filter((name) => !names.includes(name)),
  );
  const count = free.reduce((sum, { value }) => sum + sizeOf(value.shape), 0);
  const tensors = `${free.length} of ${parameters.length} tensors, ${count.toLocaleString('en')} parameters`;
  return {
    nodes: missing.map(described),
    stillWorks: [
      lossesWork,
      `Everything works if the parameters below these nodes are frozen: --parameters "${globs.join(',')}" (${tensors}).`,
    ],
  };
}

/** Writes one sentence that names every node, grouped by reason. */
export function toldOf({ nodes, stillWorks }: Unsupported): string {
  const reasons = [...new Set(nodes.map(({ reason }) => reason))];
  const named = reasons.map((reason) => {
    const of = nodes.filter((node) => node.reason === reason).map(({ operator, node }) => `${operator} "${node}"`);
    return `${of.join(', ')} (${reason})`;
  });
  return [`No derivative for ${named.join(', ')}: Ridgeline measures only losses.`, ...stillWorks.slice(1)].join(' ');
}

/**
 * Domain of the operators that ONNX Runtime's highest optimization level writes, with weights laid out for one CPU
 * type.
 */
const LAYOUT_DOMAIN = 'com.microsoft.nchwc';

function described(node: Node): UnsupportedNode {
  return { node: node.origin, operator: operatorName(node), reason: reasonFor(node) };
}

function reasonFor(node: Node): string {
  if (node.op !== 'Opaque') return 'it has no derivative rule';
  if (loopBodyOf(node))
    return `data or weights decide how often it runs; its result is NaN if ${MOST_STEPS_RUN.toLocaleString('en')} steps do not end it`;
  return (node as Node<'Opaque'>).attributes.node.domain === LAYOUT_DOMAIN
    ? 'it uses the layout of one processor; use the file before optimization, or one of the level "extended"'
    : 'the runtime can run it, but Ridgeline has no derivative for it';
}

/** All values that the nodes are computed from. */
function valuesBelow(nodes: readonly Node[]): Set<Value> {
  const inputs = nodes.flatMap((node) => node.inputs);
  return new Set([...inputs, ...nodesOf(inputs).flatMap((node) => node.inputs)]);
}

/**
 * Makes globs that match all of the names and none of the others. For each name it takes the shortest prefix, up to a
 * separator, that none of the others has, or else the name itself.
 */
export function globsFor(names: readonly string[], others: readonly string[]): string[] {
  const globs: string[] = [];
  for (const name of names) {
    if (matchesGlobs(name, globs)) continue;
    const ends = [...name.matchAll(/[./:_]/g)].map(({ index }) => index + 1);
    const beginning = ends.map((end) => `${name.slice(0, end)}*`);
    globs.push(beginning.find((glob) => !others.some((other) => matchesGlobs(other, [glob]))) ?? name);
  }
  return globs;
}
