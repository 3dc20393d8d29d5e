import { Engine } from '../../engine/engine';
import { MissingInputError } from '../../errors';
import type { Dataset } from '../../data/dataset';
import { dependents } from '../../graph/graph';
import type { SourceGraph } from '../../graph/source';
import { zeros } from '../../graph/tensor';
import { lowerSomehow } from './freeDimensions';
import type { PreparedModel } from '../../model/prepared';
import { withShared } from '../../model/prepared';

/**
 * Loads data for a model in which some input options have no value. They need none if only branches read them that the
 * other options exclude.
 * @param load reads the data for the model's graph
 * @throws MissingInputError naming the options without a value, where an output reads one of them
 */
export async function dataWithoutUnread(
  prepared: PreparedModel,
  trained: readonly string[],
  load: (source: SourceGraph) => Promise<Dataset>,
): Promise<Dataset> {
  try {
    return await load(prepared.source);
  } catch (fault) {
    if (!(fault instanceof MissingInputError)) throw fault;
    const open = new Set(fault.inputs.map(({ name }) => name));
    const data = await load(withFillers(prepared.source, open));
    const known = Object.entries(data.shared ?? {}).filter(([name]) => !open.has(name));
    if (known.length === 0 || (await readsAny(withShared(prepared, Object.fromEntries(known)), trained, open)))
      throw fault;
    const named = [...open].map((name) => `«${name}»`).join(', ');
    return { ...data, notes: [...data.notes, `No branch that is taken reads ${named}.`] };
  }
}

/** Gives each open input an arbitrary value, which no node will read. */
function withFillers(source: SourceGraph, open: ReadonlySet<string>): SourceGraph {
  const inputs = source.inputs.map((input) =>
    open.has(input.name)
      ? {
          ...input,
          zeroByDefault: true,
          byDefault: zeros(
            input.dtype,
            input.shape.map(() => 1),
          ),
        }
      : input,
  );
  return { ...source, inputs };
}

async function readsAny(prepared: PreparedModel, trained: readonly string[], open: ReadonlySet<string>) {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const { lowered } = await lowerSomehow(prepared, trained, engine);
    const outputs = Object.values(lowered.outputs);
    const sources = Object.entries(lowered.inputs).flatMap(([name, value]) => (open.has(name) ? [value] : []));
    const reached = dependents(outputs, sources);
    return outputs.some((output) => reached.has(output));
  } finally {
    await engine.dispose();
  }
}
