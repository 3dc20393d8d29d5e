import type { Sharing, SourceInput } from '../graph/source';

const BATCH = /batch/i;

/** What the file says about each input, by name. */
export function sharingOf(inputs: readonly SourceInput[]): ReadonlyMap<string, Sharing> {
  const lengths = new Set(inputs.flatMap(({ shape }) => shape.slice(1)).filter((dim) => typeof dim === 'string'));
  const countsSamples = ({ shape: [first], sampleAxis }: SourceInput) =>
    sampleAxis !== undefined ||
    first === null ||
    (typeof first === 'string' && (BATCH.test(first) || !lengths.has(first)));
  const ranked = inputs.filter(({ shape, byDefault }) => shape.length > 0 && !byDefault);
  const free = ranked.some(countsSamples);
  // If no first axis is free, that of the only input counts samples, and so do lengths: [nodes, nodes] beside [nodes, features].
  const of = (input: SourceInput): Sharing => {
    if (input.shape.length === 0) return 'always';
    if (input.byDefault) return 'likely';
    if (countsSamples(input) || ranked.length === 1) return 'never';
    if (free) return 'likely';
    return typeof input.shape[0] === 'number' ? 'possible' : 'never';
  };
  return new Map(inputs.map((input) => [input.name, of(input)]));
}
