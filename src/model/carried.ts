import type { SourceNode, SourceSubgraph } from '../graph/source';
import type { Use } from '../graph/sourceIndex';

/** Number of inputs before the carried values of a Loop: the number of steps and the condition. */
const LOOP_HEAD = 2;

/** The name of a loop's operand inside its body; undefined if the node is not a loop. */
export function nameInBody({ node, input }: Use): string | undefined {
  if (node.op !== 'Loop' && node.op !== 'Scan') return undefined;
  return bodyOf(node)?.inputs[input - offset(node)]?.name;
}

/**
 * Whether an operand of a loop is a state that every step recomputes. JAX passes weights along with the states and hands
 * them on unchanged.
 */
export function isState({ node, input }: Use): boolean {
  const body = bodyOf(node);
  const at = input - offset(node);
  if (!body || at < 0 || (node.op === 'Loop' && input < LOOP_HEAD)) return false;
  // The outputs of a Loop's body start with the condition, its inputs with the step and the condition.
  const next = body.outputs[node.op === 'Loop' ? input - 1 : at]?.name;
  if (next === undefined || (node.op === 'Scan' && at >= stateCount(node, body))) return false;
  return origin(body, next) !== body.inputs[at]?.name;
}

function bodyOf({ attributes: { body } }: SourceNode): SourceSubgraph | undefined {
  return body?.kind === 'graph' ? (body.value as SourceSubgraph) : undefined;
}

/** Scan of opset 8 has the lengths of the sequences in front. */
function offset(node: SourceNode): number {
  return node.op === 'Scan' && node.inputs.length > (bodyOf(node)?.inputs.length ?? 0) ? 1 : 0;
}

function stateCount({ attributes: { num_scan_inputs: sequences } }: SourceNode, { inputs }: SourceSubgraph): number {
  return inputs.length - (sequences?.kind === 'int' ? sequences.value : 0);
}

/** The name of what a value is an Identity of. */
function origin(body: SourceSubgraph, name: string): string {
  const producer = body.nodes.find(({ op, outputs }) => op === 'Identity' && outputs[0] === name);
  return producer ? origin(body, producer.inputs[0]) : name;
}
