import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { zeros } from '../graph/tensor';
import { checkFinite, convertType, divided } from './convert';
import type { ArrayEntry, Dataset, InputSpec } from './dataset';
import { formatEntry, formatShape } from './dataset';
import { matchArrays } from './match';
import type { DataRequest } from './match';
import { openSource } from './open';
import { applyFit, fitShape } from './shape';

/**
 * Reads whatever form the data come in, gives each graph input its array in the input's rank and dtype, and finds the
 * targets, which stay as they are (`prepareTarget` knows what a loss wants). Arrays that need no change are views of
 * the bytes read.
 * @throws UserError when a file is missing or damaged, or arrays do not fit the model
 */
export async function readDataset(path: string, request: DataRequest): Promise<Dataset> {
  const source = await openSource(path, request);
  const matched = matchArrays(source, request, path);
  const notes = [...source.notes, ...matched.notes];
  const used = [...matched.inputs.values(), ...(matched.target ? [matched.target] : [])];
  const found = countSamples(used, path);
  const samples = Math.min(found, request.samples ?? Infinity);
  if (samples < found) notes.push(`The first ${samples} of ${found} samples are used.`);

  // An input may be called `__proto__`.
  const inputs = Object.create(null) as Record<string, Tensor>;
  for (const spec of request.inputs) {
    const entry = matched.inputs.get(spec.name);
    inputs[spec.name] = entry
      ? conform(entry, spec, { samples, path, scale: request.scale, scaled: source.kind === 'image folder' }, notes)
      : zeros(spec.dtype, [samples, ...spec.shape.slice(1).map((dim) => dim ?? 1)]);
  }
  let target: Tensor | null = null;
  if (matched.target) {
    target = firstSamples(matched.target.load(), samples);
    checkFinite(target, matched.target.key, path);
  }
  return {
    inputs,
    target,
    samples,
    source: path,
    sha256: source.sha256,
    generated: false,
    targetIsModelOutput: target !== null && (source.targetIsModelOutput ?? false),
    ...(source.targetHint && matched.target ? { targetHint: source.targetHint } : {}),
    notes,
  };
}

/** The first `count` samples, as a view. */
export function firstSamples(tensor: Tensor, count: number): Tensor {
  const [samples, ...rest] = tensor.shape as [number, ...number[]];
  if (count >= samples) return tensor;
  const size = tensor.data.length / samples;
  return { dtype: tensor.dtype, shape: [count, ...rest], data: tensor.data.subarray(0, count * size) };
}

interface Conforming {
  samples: number;
  path: string;
  scale: number | undefined;
  /** The reader has divided already. */
  scaled: boolean;
}

function conform(
  entry: ArrayEntry,
  spec: InputSpec,
  { samples, path, scale, scaled }: Conforming,
  notes: string[],
): Tensor {
  const fit = fitShape(entry.shape, spec.shape);
  if (!fit) {
    throw new UserError({
      what: `${formatEntry(entry)} does not fit the model's input «${spec.name}», which wants ${formatShape(spec.shape)}.`,
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
  checkFinite(tensor, entry.key, path);
  return tensor;
}

function countSamples(entries: readonly ArrayEntry[], path: string): number {
  const counts = new Set(entries.map((entry) => entry.shape[0]));
  const scalar = entries.find((entry) => entry.shape.length === 0);
  if (scalar) {
    throw new UserError({
      what: `${formatEntry(scalar)} is a single number; axis 0 of every array must count samples.`,
      where: [path],
      action: 'Save one row per sample.',
    });
  }
  if (counts.size > 1) {
    throw new UserError({
      what: `The arrays have different numbers of samples: ${entries.map(formatEntry).join('; ')}.`,
      where: [path],
      action: 'Save inputs and targets of the same samples, in the same order.',
    });
  }
  const [samples = 0] = counts as Set<number>;
  if (samples === 0) {
    throw new UserError({ what: 'The data hold no samples.', where: [path], action: 'Write the data again.' });
  }
  return samples;
}
