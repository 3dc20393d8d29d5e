import { operatorKey } from './parameterRoles';
import type { ModelError } from '../lower/context';
import type { SourceGraph } from '../graph/source';
import { allNodes } from '../graph/sourceIndex';
import { UserError } from '../errors';

/** Domains whose operators the runtime has; those of any other are somebody's own. */
const KNOWN_DOMAINS = new Set(['', 'ai.onnx', 'ai.onnx.ml', 'com.microsoft', 'com.microsoft.nchwc']);

/**
 * Why a model has no output left: every node of the operators that failed, and of operators nobody here knows, named at
 * once, though those behind the first one were never reached.
 * @param faults of the nodes that were reached, at least one
 */
export function uncomputable({ nodes }: SourceGraph, faults: readonly ModelError[]): UserError {
  const [first] = faults;
  const failed = new Set(faults.flatMap(({ where }) => where));
  const place = (node: { op: string; name: string }) => `${node.op} "${node.name}"`;
  const all = allNodes(nodes);
  const operators = new Set(all.filter((node) => failed.has(place(node))).map(operatorKey));
  const offenders = all.filter(
    (node) => failed.has(place(node)) || operators.has(operatorKey(node)) || !KNOWN_DOMAINS.has(node.domain),
  );
  const kinds = [...new Set(offenders.map(operatorKey))];
  if (kinds.length <= 1) {
    return new UserError({ what: first.what, where: offenders.map(place), action: first.action }, { cause: first });
  }
  return new UserError(
    {
      what: `Ridgeline and ONNX Runtime do not support these operators of the model: ${kinds.join(', ')}. The first: ${first.what}`,
      where: offenders.map(place),
      action: first.action,
    },
    { cause: first },
  );
}
