import type { Engine } from '../../../engine/engine';
import { UserError } from '../../../errors';
import type { Value } from '../../../graph/graph';
import { constantOf } from '../../../graph/graph';
import { replay } from '../../../graph/replay';
import type { Tensor } from '../../../graph/tensor';
import { scalar, sizeOf } from '../../../graph/tensor';
import type { LoweredModel } from '../../../model/lowered';
import type { Decomposition } from './decompose';
import { decompose } from './decompose';
import { disagreement } from './disagreement';
import { withSampleSums } from './sampleProducts';
import type { SampleData } from './statistics';
import { statisticsOf } from './statistics';

/** Factors of two batch sizes are powers of the size up to this, relative to the largest. */
const SAME = 1e-4;
const MOST_OFF = 0.05;

export interface InnerLossRequest {
  lowered: LoweredModel;
  /** The model for another batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  /** The loss: one number for the batch. */
  outputName: string;
  /** Samples in the graph, two or more. */
  batchSize: number;
  data: SampleData;
  /** Whether the file fixes the size of the batch. */
  fixed: boolean;
  engine: Engine;
}

export interface InnerLoss {
  /** [N] */
  perSample: Value;
  /** The loss is the sum over the samples, so it grows with their number. */
  sums: boolean;
}

/**
 * A loss that the graph takes of a whole batch, sample by sample: [N], whose mean over a data set is what the graph gives
 * for all its samples at once, whatever the batch. Sums are summed. Means are weighted by what they count: what is the
 * same whatever the parameters, such as the number of labels, is counted over all data first. How each factor changes with
 * the size of the batch, 1/N for a mean, is read off a graph of another size. All of it is checked by numbers.
 * @returns null where the loss is no such function of its samples, or where the graph is of another opinion
 */
export async function innerLoss(request: InnerLossRequest): Promise<InnerLoss | null> {
  const { lowered, batchSize, data, engine, outputName } = request;
  const { g } = lowered;
  const found = decompositionOf(lowered, outputName, batchSize);
  if (!found) return null;
  if (await disagreement(lowered, found, lowered.outputs[outputName], { batchSize, data, engine })) return null;
  const total = data.weights?.reduce((sum, weight) => sum + weight, 0) ?? data.samples;
  const statistics = await statisticsOf(found.statistics, lowered, data, batchSize, engine);
  const powers = total === batchSize ? powersOfOne(found) : await powersOf(request, found, statistics);
  if (!powers) return null;
  const known = new Map(found.statistics.map(({ input }, i) => [input, g.constant(statistics[i])]));
  const [constant, ...rows] = replay(g, [found.constant, ...found.terms.map((term) => term.rows)], known);
  const grown = (power: number) => (total / batchSize) ** power;
  const add = (sum: Value, value: Value) => g.add(sum, g.cast(value, sum.dtype));
  const perSample = rows.reduce(
    (sum, value, i) => add(sum, g.scale(value, total * grown(powers.terms[i]))),
    g.expand(g.scale(constant, grown(powers.constant)), [batchSize]),
  );
  return { perSample, sums: found.statistics.length === 0 && powers.terms.every((power) => power === 0) };
}

function decompositionOf({ g, inputs, parameters, outputs }: LoweredModel, name: string, batch: number) {
  const counted = Object.values(inputs).filter(({ shape }) => shape[0] === batch);
  const strides = new Map(counted.map((input) => [input, sizeOf(input.shape) / batch]));
  const theta = parameters.map(({ value }) => value);
  const loss = withSampleSums(g, g.reshape(outputs[name], []), strides, batch);
  return decompose(g, loss, strides, theta, batch);
}

/** Powers of the batch size that the factors of each term are proportional to. */
interface Powers {
  terms: number[];
  constant: number;
}

const powersOfOne = ({ terms }: Decomposition): Powers => ({ terms: terms.map(() => 0), constant: 0 });

async function powersOf(
  { lowered, build, outputName, batchSize, fixed, engine }: InnerLossRequest,
  found: Decomposition,
  statistics: readonly Tensor[],
): Promise<Powers | null> {
  if (fixed) return fixedPowers(found, batchSize);
  const size = batchSize > 3 ? Math.floor(batchSize / 2) : batchSize === 3 ? 2 : 3;
  const other = await orNull(build(size));
  if (!other || other.outputs[outputName]?.shape.length !== 0) return null;
  const again = decompositionOf(other, outputName, size);
  if (again?.terms.length !== found.terms.length || again.statistics.length !== found.statistics.length) return null;
  const [here, there] = [
    await factorsOf(found, lowered, statistics, engine),
    await factorsOf(again, other, statistics, engine),
  ];
  const powers = here.map((factors, i) => powerBetween(factors, there[i], Math.log(size / batchSize)));
  const whole = powers.filter((power) => power !== null);
  return whole.length < powers.length ? null : { constant: whole[0], terms: whole.slice(1) };
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (fault) {
    if (fault instanceof UserError) return null;
    throw fault;
  }
}

/** Numbers of the constant, and of the weights of each term. */
async function factorsOf(
  { constant, terms, statistics }: Decomposition,
  { g, parameters }: LoweredModel,
  known: readonly Tensor[],
  engine: Engine,
): Promise<(readonly number[])[]> {
  const joined = new Map(statistics.map(({ input }, i) => [input, g.constant(known[i])]));
  const values = replay(g, [constant, ...terms.map(({ weight }) => weight)], joined);
  const constants = new Map(parameters.map(({ value, tensor }) => [value, tensor]));
  // Something has to be fed, and numbers alone are no graph.
  const one = g.input('one', 'float32', []);
  const outputs = Object.fromEntries(
    values.flatMap((value, i) => (constantOf(value) ? [] : [[`f${i}`, g.mul(value, g.cast(one, value.dtype))]])),
  );
  const computed: Record<string, Tensor> = {};
  if (Object.keys(outputs).length > 0) {
    const program = await engine.compile(g, { inputs: { one }, outputs, constants });
    Object.assign(computed, await program.run({ one: scalar('float32', 1) }));
    await program.release();
  }
  return values.map((value, i) => {
    const { data } = constantOf(value) ?? computed[`f${i}`];
    return Array.from(data as ArrayLike<number>, Number);
  });
}

/** p with b = a · e^(p · logRatio), a whole number; null where there is none. */
function powerBetween(a: readonly number[], b: readonly number[], logRatio: number): number | null {
  if (a.length !== b.length) return null;
  const square = a.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return b.every((x) => x === 0) ? 0 : null;
  const ratio = a.reduce((sum, x, i) => sum + x * b[i], 0) / square;
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (!(ratio > 0) || !b.every((x, i) => Math.abs(x - ratio * a[i]) <= SAME * largest)) return null;
  const power = Math.log(ratio) / logRatio;
  return Math.abs(power - Math.round(power)) < MOST_OFF ? Math.round(power) : null;
}

/**
 * Of a file that knows one size of batches: a factor that statistics made needs none, a mean is told by 1/(N·elements).
 * Other numbers may be anything.
 */
function fixedPowers({ terms, constant, statistics }: Decomposition, batchSize: number): Powers | null {
  void constant;
  if (statistics.length > 0) return null;
  const found = terms.map(({ weight }) => {
    const value = constantOf(weight);
    if (!value) return null;
    const [first] = value.data as Float32Array;
    const uniform = (value.data as Float32Array).every((each) => each === first);
    if (uniform && Number.isInteger(first)) return 0;
    return uniform && Math.abs(first * batchSize * sizeOf(weight.shape) - 1) < SAME ? -1 : null;
  });
  const powers = found.filter((power) => power !== null);
  return powers.length < terms.length ? null : { terms: powers, constant: 0 };
}
