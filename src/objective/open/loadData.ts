import { dataBeside } from '../../data/beside';
import type { Dataset, InputSpec } from '../../data/dataset';
import { formatShape } from '../../data/dataset';
import { generateInputs } from '../../data/generated';
import { readDataset } from '../../data/readDataset';
import { optionsBesideRandom, writtenInputs } from '../../data/writtenInputs';
import { coursesOf } from '../../model/courses';
import { UserError } from '../../errors';
import { additiveMasks } from '../../model/additiveMasks';
import type { SourceGraph } from '../../graph/source';
import { sharingOf } from '../../model/sharedInputs';
import { indexOf } from '../../graph/sourceIndex';
import { GENERATED_DATA } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { checkLookups, lookupsOf } from './lookups';

/** Random samples are cheap to make and say little: a few are enough for a first look. */
const GENERATED_SAMPLES = 64;
/** Where neither data nor model say how many there are. */
const SINGLE = 1;

/** The inputs that data have to fill; a symbolic dimension is free. One without axes that no node reads may be anything. */
export function inputSpecs(source: SourceGraph): InputSpec[] {
  const sharing = sharingOf(source.inputs);
  const masks = additiveMasks(source);
  const { uses } = indexOf(source);
  return source.inputs.map(({ name, dtype, shape, zeroByDefault, byDefault }) => ({
    name,
    dtype,
    ...(byDefault ? { byDefault } : {}),
    zeroByDefault: zeroByDefault || (shape.length === 0 && !uses.has(name)),
    shape: shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : null)),
    sharing: sharing.get(name),
    masks: masks.has(name),
  }));
}

/** Samples per run that the file itself fixes; null where it leaves them free. */
export function staticBatch({ inputs }: SourceGraph): number | null {
  // An input without axes that differs from sample to sample takes one at a time.
  const sizes = inputs
    .map(({ shape }) => (shape.length === 0 ? 1 : shape[0]))
    .filter((dim): dim is number => typeof dim === 'number' && dim > 0);
  return sizes.length > 0 ? sizes[0] : null;
}

/**
 * A size of one is repeated for every sample by the nodes that read it, but two other sizes are not both those of a batch.
 * @throws UserError naming the inputs
 */
function checkSizes(inputs: readonly InputSpec[], shared: Dataset['shared'], path: string): void {
  const fixed = inputs.filter(
    ({ name, shape: [size] }) => !shared?.[name] && size !== null && size !== undefined && size > 1,
  );
  if (new Set(fixed.map(({ shape: [size] }) => size)).size < 2) return;
  throw new UserError({
    what: 'Axis 0 of every input counts samples, but the file fixes different sizes for it.',
    where: [path, ...fixed.map(({ name, shape }) => `«${name}» ${formatShape(shape)}`)],
    action:
      'Export with the samples on axis 0 of every input (batch_first=True in PyTorch), or call the axis that counts them "batch" (dynamic_axes); what is the same for all samples belongs into the model.',
  });
}

/**
 * The data asked for; without a wish, those beside the model.
 * @param freeDimension what free dimensions of so many random inputs are
 * @throws UserError when there are none, or they do not fit
 */
export async function loadData(
  modelPath: string,
  source: SourceGraph,
  options: ResolvedOptions,
  freeDimension: (samples: number) => Promise<number | null>,
): Promise<Dataset> {
  const inputs = inputSpecs(source);
  const lookups = lookupsOf(source);
  if (options.data === GENERATED_DATA) {
    checkSizes(
      inputs.filter(({ sharing }) => sharing !== 'likely'),
      undefined,
      modelPath,
    );
    const most = Number.isFinite(options.samples) ? options.samples : GENERATED_SAMPLES;
    const samples = options.batch ?? Math.min(most, inputs.length > 0 ? GENERATED_SAMPLES : SINGLE);
    const below: Record<string, number> = {};
    for (const { input, rows } of lookups) below[input] = Math.min(below[input] ?? Infinity, rows);
    const given = writtenInputs(inputs, options.input, samples);
    const isOpen = ({ name }: InputSpec) => !(name in given.shared) && !(name in given.inputs);
    const deciding = new Set(coursesOf(source).flatMap((course) => course.inputs));
    const chosen = optionsBesideRandom(inputs.filter(isOpen), deciding, modelPath);
    const random = generateInputs(
      inputs.filter((input) => isOpen(input) && !(input.name in chosen.shared)),
      { samples, seed: options.seed, below, freeDimension: (await freeDimension(samples)) ?? undefined },
    );
    return {
      ...random,
      inputs: Object.assign(random.inputs, given.inputs),
      shared: Object.assign(given.shared, chosen.shared),
      notes: [...random.notes, ...chosen.notes],
    };
  }
  const path = options.data ?? (await dataBeside(modelPath))[0];
  if (!path) {
    throw new UserError({
      what: 'There are no data for this model.',
      where: [modelPath],
      action: `Give some with --data FILE, or take a first look with --data ${GENERATED_DATA}.`,
    });
  }
  const data = await readDataset(path, {
    inputs,
    keys: options.input,
    target: options.target ?? undefined,
    scale: options.scale ?? undefined,
    weights: options.sampleWeights ?? undefined,
    samples: Number.isFinite(options.samples) ? options.samples : undefined,
  });
  checkSizes(inputs, data.shared, modelPath);
  checkLookups(data, lookups);
  return data;
}
