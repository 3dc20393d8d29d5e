import type { SourceGraph } from '../graph/source';
import { allNodes, indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { written } from '../graph/tensor';

/** A node of control flow whose course follows from inputs of the model. */
export interface Course {
  op: 'If' | 'Loop';
  node: string;
  /** Names of the inputs that its condition or its number of steps is computed from. */
  inputs: string[];
}

/** Operators whose result depends on the shape of their input only. */
const SHAPED = new Set(['Shape', 'Size']);

/** Every If and Loop of a model that the values of inputs decide, including those in branches. */
export function coursesOf(source: SourceGraph): Course[] {
  const { producers } = indexOf(source);
  const names = new Set(source.inputs.map(({ name }) => name));
  // Chains may be longer than the call stack.
  const originsOf = (start: readonly string[]): string[] => {
    const open = [...start];
    const seen = new Set(open);
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      const producer = names.has(name) ? undefined : producers.get(name);
      if (!producer || SHAPED.has(producer.op)) continue;
      for (const input of producer.inputs) if (!seen.has(input)) open.push(input);
      for (const input of producer.inputs) seen.add(input);
    }
    return [...seen].filter((name) => names.has(name));
  };
  return allNodes(source.nodes).flatMap(({ op, name, inputs }): Course[] => {
    if (op !== 'If' && op !== 'Loop') return [];
    const deciding = inputs.slice(0, op === 'If' ? 1 : 2);
    const found = originsOf(deciding);
    return found.length > 0 ? [{ op, node: name, inputs: found }] : [];
  });
}

/** `The branch of If "If_0" is decided by sr = 16000.` */
export function courseSentence({ op, node, inputs }: Course, values: Readonly<Record<string, Tensor>>): string {
  const named = inputs.map((name) => (Object.hasOwn(values, name) ? `${name} = ${written(values[name])}` : name));
  return `${op === 'If' ? 'The branch' : 'The number of steps'} of ${op} "${node}" is decided by ${named.join(' and ')}.`;
}
