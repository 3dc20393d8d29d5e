import type { SourceNode } from '../../graph/source';
import type { ModelAndData } from '../../objective/open/readModelAndData';

/** A parameter that the file holds only as another tensor, which had the same elements when it was written. */
export interface MergedWeight {
  /** The tensor of the file. */
  of: string;
  /** Whether an Identity of that tensor has the name of the parameter, as in PyTorch's files. */
  isIdentity: boolean;
  /** Where nodes of the file read that tensor for the parameter: the first output of the node, and the input's place. */
  readers: readonly { output: string; input: number }[];
}

/**
 * Finds how the file holds a parameter that has no tensor of its own name.
 * @param isStored whether a tensor of this name lies in the file
 * @returns null where it is part of another tensor, or belongs to a function
 */
export function mergedWeight(
  name: string,
  { model, prepared }: Pick<ModelAndData, 'model' | 'prepared'>,
  isStored: (name: string) => boolean,
): MergedWeight | null {
  const { nodes } = model.graph;
  const identity = nodes.find(({ op, outputs }) => op === 'Identity' && outputs[0] === name);
  if (identity) {
    const [of] = identity.inputs;
    return isStored(of) ? { of, isIdentity: true, readers: [] } : null;
  }
  const byOutput = new Map(nodes.map((node): [string, SourceNode] => [node.outputs[0], node]));
  const readers = prepared.source.nodes.flatMap(({ inputs, outputs: [output] }) =>
    inputs.flatMap((each, input) => (each === name ? [{ output, input, length: inputs.length }] : [])),
  );
  const before = readers.map(({ output, input, length }) => {
    const node = byOutput.get(output);
    return node?.inputs.length === length ? node.inputs[input] : undefined;
  });
  const [of] = before;
  if (of === undefined || !isStored(of) || before.some((each) => each !== of)) return null;
  return { of, isIdentity: false, readers: readers.map(({ output, input }) => ({ output, input })) };
}
