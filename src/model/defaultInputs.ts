import type { SourceGraph, SourceInput } from '../graph/source';
import { sizeOf } from '../graph/tensor';

/** From this version of the format on, an initializer is an input only if the exporter lists it. */
const CHOSEN_SINCE = 4;

/** What a file says about inputs that have an initializer. */
export interface ListedDefaults {
  irVersion: number;
  /** Initializers that are listed among the inputs. */
  names: readonly string[];
  /** How many there are in all. */
  initializers: number;
}

/**
 * Turns those initializers into inputs whose value a person may choose: single numbers among the inputs of the file that
 * are not parameters. Their stored value is the default. Some files list every initializer, which was mandatory up to IR 3
 * and which some exporters still do. Such a list says nothing, so the initializers stay constants.
 */
export function withDefaultInputs(
  source: SourceGraph,
  trained: ReadonlySet<string>,
  { irVersion, names, initializers }: ListedDefaults,
): SourceGraph {
  if (irVersion < CHOSEN_SINCE || names.length === initializers) return source;
  const left = new Map(source.initializers);
  const inputs = names.flatMap((name): SourceInput[] => {
    const byDefault = left.get(name);
    if (!byDefault || trained.has(name) || sizeOf(byDefault.shape) !== 1 || byDefault.shape.length > 1) return [];
    left.delete(name);
    return [{ name, dtype: byDefault.dtype, shape: byDefault.shape, byDefault }];
  });
  return inputs.length === 0 ? source : { ...source, initializers: left, inputs: [...source.inputs, ...inputs] };
}
