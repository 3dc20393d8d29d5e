import { dataBeside } from '../data/beside';
import type { Dataset, InputSpec } from '../data/dataset';
import { generateInputs } from '../data/generated';
import { readDataset } from '../data/readDataset';
import { UserError } from '../errors';
import type { SourceGraph } from '../graph/lower/source';
import { GENERATED_DATA } from '../options/options';
import type { ResolvedOptions } from '../options/presets';

/** Random samples are cheap to make and say little: a few are enough for a first look. */
const GENERATED_SAMPLES = 64;
/** Where neither data nor model say how many there are. */
const SINGLE = 1;

/** The inputs that data have to fill; a symbolic dimension is free. */
export function inputSpecs({ inputs }: SourceGraph): InputSpec[] {
  return inputs.map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape: shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : null)),
  }));
}

/** Samples per run that the file itself fixes; null where it leaves them free. */
export function staticBatch({ inputs }: SourceGraph): number | null {
  const sizes = inputs.map(({ shape }) => shape[0]).filter((dim): dim is number => typeof dim === 'number' && dim > 0);
  return sizes.length > 0 ? sizes[0] : null;
}

/**
 * The data asked for; without a wish, those beside the model.
 * @throws UserError when there are none, or they do not fit
 */
export async function loadData(modelPath: string, source: SourceGraph, options: ResolvedOptions): Promise<Dataset> {
  const inputs = inputSpecs(source);
  if (options.data === GENERATED_DATA) {
    const most = Number.isFinite(options.samples) ? options.samples : GENERATED_SAMPLES;
    const samples = options.batch ?? Math.min(most, inputs.length > 0 ? GENERATED_SAMPLES : SINGLE);
    return generateInputs(inputs, { samples, seed: options.seed, below: vocabularies(source) });
  }
  const path = options.data ?? (await dataBeside(modelPath))[0];
  if (!path) {
    throw new UserError({
      what: 'There are no data for this model.',
      where: [modelPath],
      action: `Give some with --data FILE, or take a first look with --data ${GENERATED_DATA}.`,
    });
  }
  return readDataset(path, {
    inputs,
    keys: options.input,
    target: options.target ?? undefined,
    samples: Number.isFinite(options.samples) ? options.samples : undefined,
  });
}

/** How many rows the table has that an integer input looks up: token ids must stay below. */
function vocabularies({ nodes, initializers, inputs }: SourceGraph): Record<string, number> {
  const result: Record<string, number> = {};
  for (const node of nodes) {
    const [table, indices] = node.inputs;
    const rows = node.op === 'Gather' ? initializers.get(table)?.shape[0] : undefined;
    if (rows !== undefined && inputs.some(({ name }) => name === indices)) {
      result[indices] = Math.min(result[indices] ?? Infinity, rows);
    }
  }
  return result;
}
