import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { UserError } from '../errors';
import type { Tensor } from '../graph/tensor';
import { arrayType, isFloat, sizeOf, zeros } from '../graph/tensor';
import { formatExactCount } from '../text/counts';
import { formatBytes } from '../text/sizes';
import type { Dataset, InputSpec } from './dataset';
import { sha256 } from './files';

export interface GenerateOptions {
  samples: number;
  seed: number;
  /** Size of free dimensions other than the batch. */
  freeDimension?: number;
  /** Exclusive upper bounds of integer inputs (vocabulary sizes) by input name. */
  below?: Readonly<Record<string, number>>;
}

const FREE_DIMENSION = 16;
const BELOW = 2;
/** Matches masks that are 1 where there is a token. Other masks may mean the opposite. */
const MASK = /attention_?mask/i;

/**
 * Generates random inputs for a first look at a model without data: floats from the standard normal distribution,
 * integers uniform in [0, below), booleans with equal chances, and zero states. The caller computes the targets by
 * running the model.
 */
export function generateInputs(inputs: readonly InputSpec[], options: GenerateOptions): Dataset {
  const { samples, seed, freeDimension = FREE_DIMENSION } = options;
  const tensors = inputs.map((input, i): [string, Tensor] => {
    // Each input has its own random stream, so that adding an input does not change the others.
    const random = xoroshiro128plus(seed);
    for (let jump = 0; jump < i; jump++) random.jump();
    // The first number of a fresh stream is −1 for every seed, because the state is (~seed, seed). It would give two
    // zero normals.
    random.next();
    const shape = [samples, ...input.shape.slice(1).map((dim) => dim ?? freeDimension)];
    checkSize(input, shape);
    if (input.zeroByDefault) return [input.name, zeros(input.dtype, shape)];
    const tensor = randomTensor(random, input.dtype, shape, options.below?.[input.name] ?? BELOW);
    return [input.name, MASK.test(input.name) ? rightPadded(tensor) : tensor];
  });
  const free = inputs.some((input) => input.shape.slice(1).includes(null));
  return {
    inputs: Object.fromEntries(tensors),
    target: null,
    samples,
    source: 'generated',
    sha256: sha256(tensors.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength))),
    generated: true,
    targetIsModelOutput: true,
    notes: [
      `Inputs are ${formatExactCount(samples)} random samples (seed ${seed}), not real data.`,
      ...(free ? [`Free dimensions are taken as ${freeDimension}.`] : []),
    ],
  };
}

/** Random inputs above 4 GiB point to a mistake in the model's shapes. */
const MOST_BYTES = 2 ** 32;

function checkSize({ name, dtype }: InputSpec, shape: readonly number[]): void {
  const bytes = sizeOf(shape) * arrayType(dtype).BYTES_PER_ELEMENT;
  if (shape.every((size) => size >= 0) && bytes <= MOST_BYTES) return;
  throw new UserError({
    what: `Generated data of shape [${shape.join(', ')}] would take ${formatBytes(bytes)}; the limit is ${formatBytes(MOST_BYTES)}.`,
    where: [`input "${name}"`],
    action: 'Take fewer samples with --samples N, or correct the shape of this input in the model.',
  });
}

function randomTensor(random: RandomGenerator, dtype: Tensor['dtype'], shape: number[], below: number): Tensor {
  const data = new (arrayType(dtype))(sizeOf(shape));
  if (isFloat(dtype)) {
    const floats = data as Float32Array;
    for (let i = 0; i < floats.length; i += 2) {
      const [a, b] = normalPair(random);
      floats[i] = a;
      if (i + 1 < floats.length) floats[i + 1] = b;
    }
  } else {
    const high = dtype === 'bool' ? 1 : Math.max(1, below) - 1;
    const wide = data instanceof BigInt64Array || data instanceof BigUint64Array;
    for (let i = 0; i < data.length; i++) {
      const value = uniformInt(random, 0, high);
      data[i] = wide ? BigInt(value) : value;
    }
  }
  return { dtype, shape, data };
}

/**
 * Turns random numbers into right-padded masks. The first half of each row is 1, the random numbers decide how far the
 * ones continue, and zeros follow. No row is without a token, because attention over no token is undefined.
 */
function rightPadded({ dtype, shape, data }: Tensor): Tensor {
  const length = shape[shape.length - 1];
  const mask = new (arrayType(dtype))(data.length);
  const wide = mask instanceof BigInt64Array || mask instanceof BigUint64Array;
  let open = true;
  for (let i = 0; i < mask.length; i++) {
    const position = i % length;
    open = position < length / 2 || (open && Number(data[i]) > 0);
    mask[i] = wide ? BigInt(open) : Number(open);
  }
  return { dtype, shape, data: mask };
}

/** Draws two independent standard normals, √(−2 ln u)·(cos 2πv, sin 2πv) with u in (0, 1] (Box and Muller 1958). */
function normalPair(random: RandomGenerator): [number, number] {
  const u = ((random.next() >>> 0) + 1) / 2 ** 32;
  const angle = (2 * Math.PI * (random.next() >>> 0)) / 2 ** 32;
  const radius = Math.sqrt(-2 * Math.log(u));
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
