import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { written, zeros } from '../graph/tensor';
import { formatExactCount } from '../text/counts';
import type { NamedTargets } from './classNames';
import { checkFinite, convertType, divided } from './convert';
import type { ArrayEntry, Dataset, InputSpec } from './dataset';
import { formatEntry, formatShape } from './dataset';
import { matchArrays } from './match';
import type { DataRequest } from './match';
import { openSource } from './open';
import { keptRows, readWeights, takeWeights } from './sampleWeights';
import { applyFit, fitShape } from './shape';
import { countSamples, perSample, sharedValue, writtenValue } from './shared';

/**
 * Reads data in any supported format. Gives each graph input its array in the input's rank and dtype, and finds the
 * targets. The targets stay unchanged; `prepareTarget` converts them for a loss. Arrays that need no change are views
 * of the bytes read.
 * @throws UserError if a file is missing or damaged, or arrays do not fit the model
 */
export async function readDataset(path: string, request: DataRequest): Promise<Dataset> {
  const opened = await openSource(path, request);
  const { source, weights: weighing, notes: toldOfWeights } = takeWeights(opened, request, path);
  const matched = matchArrays(source, request, path);
  const notes = [...source.notes, ...matched.notes, ...toldOfWeights];
  const found = countSamples(matched, request.inputs, path);
  const samples = Math.min(found, request.samples ?? Infinity);
  if (samples < found)
    notes.push(`The first ${formatExactCount(samples)} of ${formatExactCount(found)} samples are used.`);

  // The records have no prototype, because an input may be called `__proto__`.
  const inputs = Object.create(null) as Record<string, Tensor>;
  const shared = Object.create(null) as Record<string, Tensor>;
  const conforming = { samples, path, scale: request.scale, scaled: source.kind === 'image folder' };
  for (const spec of request.inputs) {
    const { name } = spec;
    const entry = matched.inputs.get(name);
    const value = matched.values.get(name);
    const one = entry ? sharedValue(entry, spec, { rows: found, samples }, { path, notes }) : null;
    const given = value && writtenValue(value, spec, samples, { path, notes });
    if (one) shared[name] = one;
    else if (given && 'shared' in given) shared[name] = given.shared;
    else if (given) inputs[name] = given.inputs;
    else if (entry) inputs[name] = conform(entry, spec, conforming, notes);
    else if (spec.byDefault) shared[name] = spec.byDefault;
    else if (spec.sharing === 'always') shared[name] = zeros(spec.dtype, []);
    else inputs[name] = zeros(spec.dtype, [samples, ...spec.shape.slice(1).map((dim) => dim ?? 1)]);
  }
  for (const [name, value] of Object.entries(shared)) {
    if (request.inputs.some((spec) => spec.name === name && !spec.zeroByDefault))
      notes.push(`«${name}» is the same for all samples: ${written(value)}.`);
  }
  let target: Tensor | null = null;
  let named: NamedTargets | undefined;
  if (matched.target) {
    named = matched.target.classes?.();
    if (named) notes.push(named.note);
    target = firstSamples(named?.target ?? matched.target.load(), samples);
    checkFinite(target, matched.target.key, path);
  }
  const read = { inputs, target, samples };
  const classNames = named?.classes ?? source.classNames;
  return {
    ...(weighing ? weighed(read, readWeights(weighing, samples, path), weighing.key, notes) : read),
    shared,
    source: path,
    sha256: source.sha256,
    generated: false,
    targetIsModelOutput: target !== null && (source.targetIsModelOutput ?? false),
    ...(classNames ? { classNames } : {}),
    ...(source.targetHint && matched.target ? { targetHint: source.targetHint } : {}),
    notes,
    remarks: [...(source.remarks ?? []), ...matched.remarks],
  };
}

/** Adds weights to the samples and drops the samples of weight zero, which have no effect. */
function weighed(
  { inputs, target, samples }: Pick<Dataset, 'inputs' | 'target' | 'samples'>,
  weights: Float64Array,
  key: string,
  notes: string[],
): Pick<Dataset, 'inputs' | 'target' | 'samples' | 'weights'> {
  notes.push(`Samples are weighted by «${key}».`);
  const positive = weights.filter((weight) => weight > 0);
  if (positive.length === samples) return { inputs, target, samples, weights };
  notes.push(
    `${formatExactCount(samples - positive.length)} of ${formatExactCount(samples)} samples have weight zero and are left out.`,
  );
  const kept = Object.entries(inputs).map(([name, tensor]) => [name, keptRows(tensor, weights)]);
  return {
    inputs: Object.fromEntries(kept) as Dataset['inputs'],
    target: target && keptRows(target, weights),
    samples: positive.length,
    weights: positive,
  };
}

/** Returns a view of the first `count` samples. */
function firstSamples(tensor: Tensor, count: number): Tensor {
  const [samples, ...rest] = tensor.shape as [number, ...number[]];
  if (count >= samples) return tensor;
  const size = tensor.data.length / samples;
  return { dtype: tensor.dtype, shape: [count, ...rest], data: tensor.data.subarray(0, count * size) };
}

interface Conforming {
  samples: number;
  path: string;
  scale: number | undefined;
  /** Whether the reader has already divided the values. */
  scaled: boolean;
}

function conform(
  entry: ArrayEntry,
  spec: InputSpec,
  { samples, path, scale, scaled }: Conforming,
  notes: string[],
): Tensor {
  const fit = fitShape(entry.shape, perSample(spec));
  if (!fit) {
    throw new UserError({
      what: `${formatEntry(entry)} does not fit the model's input «${spec.name}», which expects ${formatShape(spec.shape)}.`,
      where: [path],
      action: 'Save the data in that shape (axis 0 counts samples), or name another array with --input NAME=KEY.',
    });
  }
  if (fit.how === 'reshape') {
    notes.push(`«${entry.key}» ${formatShape(entry.shape)} is read as ${formatShape(fit.shape)} for «${spec.name}».`);
  } else if (fit.how !== 'same') {
    const order = fit.how === 'channelsFirst' ? 'channels last to channels first' : 'channels first to channels last';
    notes.push(`«${entry.key}» ${formatShape(entry.shape)} is turned from ${order} for «${spec.name}».`);
  }
  const loaded = firstSamples(entry.load(), samples);
  const shaped = applyFit(loaded, { ...fit, shape: [samples, ...fit.shape.slice(1)] });
  const converted = convertType(
    shaped,
    spec.dtype,
    { name: entry.key, array: entry.shape, input: spec.shape, scale },
    notes,
  );
  const tensor = scale === undefined || scaled ? converted : divided(shaped, converted, scale, entry.key, notes);
  checkFinite(tensor, entry.key, path, spec.masks);
  return tensor;
}
