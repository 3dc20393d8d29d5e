import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { arrayType, isFloat, sizeOf } from '../graph/tensor';
import { checkFinite, convertType } from './convert';
import type { ArrayEntry, InputSpec } from './dataset';
import { formatEntry, formatShape } from './dataset';
import type { Matched } from './match';
import { fitShape, fitWhole } from './shape';

/**
 * Counts the samples of the data: the rows of the targets, or else of the inputs that certainly count samples, or else
 * of all arrays whose shape is not that of a whole input.
 * @throws UserError if arrays that cannot be shared by all samples disagree
 */
export function countSamples({ inputs, target }: Matched, specs: readonly InputSpec[], path: string): number {
  const found = specs.flatMap((spec) => {
    const entry = inputs.get(spec.name);
    return entry ? [{ spec, entry }] : [];
  });
  const scalars = [
    ...found.filter(({ spec }) => !mayBeWhole(spec)).map(({ entry }) => entry),
    ...(target ? [target] : []),
  ];
  const scalar = scalars.find(({ shape }) => shape.length === 0);
  if (scalar) {
    throw new UserError({
      what: `${formatEntry(scalar)} is a single number; axis 0 of every array must count samples.`,
      where: [path],
      action: 'Save one row per sample.',
    });
  }
  const rows = rowsOf(found, target);
  const odd = found.filter(({ spec, entry }) => entry.shape[0] !== rows && !isWhole(entry, spec));
  if (odd.length > 0) {
    const entries = [...found.map(({ entry }) => entry), ...(target ? [target] : [])];
    throw new UserError({
      what: `The arrays have different numbers of samples: ${entries.map(formatEntry).join('; ')}.`,
      where: [path],
      action: 'Save inputs and targets of the same samples, in the same order.',
    });
  }
  if (rows === 0) {
    throw new UserError({ what: 'The data contain no samples.', where: [path], action: 'Save the data again.' });
  }
  return rows;
}

interface Found {
  spec: InputSpec;
  entry: ArrayEntry;
}

function rowsOf(found: readonly Found[], target: ArrayEntry | null): number {
  const certain = found.filter(({ spec }) => spec.sharing === undefined || spec.sharing === 'never');
  const apart = found.filter(({ spec, entry }) => !isWhole(entry, spec));
  const [first] = target ? [target] : [...certain, ...apart, ...found].map(({ entry }) => entry);
  return first?.shape[0] ?? 1;
}

const mayBeWhole = ({ sharing = 'never' }: InputSpec) => sharing !== 'never';
const isWhole = ({ shape }: ArrayEntry, spec: InputSpec) => mayBeWhole(spec) && fitWhole(shape, spec.shape) !== null;

/**
 * Reads an array as one value of an input for all samples. Returns null if the array has one value for each sample. An
 * array with as many rows as there are samples is one value if all rows are equal, or if the model file gives its axis
 * another meaning.
 * @param rows number of samples in the data
 * @param samples number of samples that are used, counted from the first
 */
export function sharedValue(
  entry: ArrayEntry,
  spec: InputSpec,
  { rows, samples }: { rows: number; samples: number },
  told: { path: string; notes: string[] },
): Tensor | null {
  if (!mayBeWhole(spec)) return null;
  const whole = fitWhole(entry.shape, spec.shape);
  const [first] = spec.shape;
  const single = spec.sharing === 'always' || first === 1;
  if (whole && (entry.shape[0] !== rows || (spec.sharing === 'likely' && !single))) {
    return conformed({ ...entry.load(), shape: whole }, spec, entry.key, told);
  }
  // Equal rows prove little for an input that may well have one row per sample, unless each row is a single number.
  if (!single || (spec.sharing === 'possible' && spec.shape.length > 1)) return null;
  const fit = fitShape(entry.shape, perSample(spec));
  if (!fit || (fit.how !== 'same' && fit.how !== 'reshape')) return null;
  const loaded = entry.load();
  const row = equalRows(loaded, rows, samples);
  if (!row) return null;
  const shape = spec.sharing === 'always' ? [] : [1, ...fit.shape.slice(1)];
  return conformed({ ...loaded, shape, data: row }, spec, entry.key, told);
}

/** Returns the shape of an input with samples on axis 0. A scalar input gets such an axis. */
export const perSample = ({ shape }: InputSpec): readonly (number | null)[] => (shape.length === 0 ? [null] : shape);

/** Returns the first row if the first `samples` rows are equal, else null. */
function equalRows({ data }: Tensor, rows: number, samples: number): Tensor['data'] | null {
  const size = data.length / rows;
  for (let i = size; i < samples * size; i++) if (!Object.is(data[i], data[i - size])) return null;
  return data.slice(0, size);
}

/**
 * Gives a value that the user wrote out the shape of the input. The result is one value for all samples, or one for
 * each sample if the input counts samples.
 * @throws UserError if the value does not fit
 */
export function writtenValue(
  value: Tensor,
  spec: InputSpec,
  samples: number,
  told: { path: string; notes: string[] },
): { shared: Tensor } | { inputs: Tensor } {
  const whole = mayBeWhole(spec) ? filledOr(value, spec.shape) : null;
  if (whole) return { shared: conformed(whole, spec, spec.name, told) };
  const row = filledOr(value, perSample(spec).slice(1));
  if (!row) {
    throw new UserError({
      what: `The value for «${spec.name}» is ${formatShape(value.shape)}, but the input expects ${formatShape(spec.shape)}.`,
      where: [`--input ${spec.name}`],
      action:
        'Write as many numbers as it has elements, with brackets for every axis, or save them as an array of the data.',
    });
  }
  const one = conformed(row, spec, spec.name, told);
  return { inputs: repeated(one, samples) };
}

/** Reshapes a value to the expected shape, or fills that shape with a single number. */
function filledOr(value: Tensor, wanted: readonly (number | null)[]): Tensor | null {
  const fit = fitWhole(value.shape, wanted);
  if (fit) return { ...value, shape: fit };
  if (value.data.length !== 1 || wanted.includes(null)) return null;
  const shape = wanted as readonly number[];
  return { dtype: 'float64', shape, data: new Float64Array(sizeOf(shape)).fill(Number(value.data[0])) };
}

function repeated({ dtype, shape, data }: Tensor, samples: number): Tensor {
  const filled = new (arrayType(dtype))(samples * data.length) as Float32Array;
  for (let n = 0; n < samples; n++) filled.set(data as Float32Array, n * data.length);
  return { dtype, shape: [samples, ...shape], data: filled };
}

/** Converts a value to the type of its input. @throws UserError if values would be lost or are not finite */
function conformed(
  value: Tensor,
  spec: InputSpec,
  key: string,
  { path, notes }: { path: string; notes: string[] },
): Tensor {
  // Widen bytes first, because `convertType` could take them for pixels.
  const wide = value.dtype === 'uint8' && isFloat(spec.dtype) ? widened(value) : value;
  const tensor = convertType(wide, spec.dtype, { name: key, array: value.shape, input: spec.shape }, notes);
  checkFinite(tensor, key, path, spec.masks);
  return tensor;
}

const widened = ({ shape, data }: Tensor): Tensor => ({
  dtype: 'float64',
  shape,
  data: Float64Array.from(data as Uint8Array),
});
