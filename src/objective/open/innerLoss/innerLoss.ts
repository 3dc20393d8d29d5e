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

/** Largest deviation of the factors of several batch sizes from a law, relative to the largest factor. */
const SAME = 1e-4;
const MOST_OFF = 0.05;

export interface InnerLossRequest {
  lowered: LoweredModel;
  /** Lowers the model for another batch size. */
  build: (batch: number) => Promise<LoweredModel>;
  /** Name of the output that holds the loss: one number for the batch. */
  outputName: string;
  /** Number of samples in the graph, two or more. */
  batchSize: number;
  data: SampleData;
  /** Whether the file fixes the size of the batch. */
  fixed: boolean;
  engine: Engine;
}

export interface InnerLoss {
  /** [N] */
  perSample: Value;
  /** Whether the loss is the sum over the samples, so that it grows with their number. */
  sums: boolean;
}

/**
 * Splits a loss that the graph computes for a whole batch into losses of its samples, [N]. Their mean over a data set
 * is what the graph would give for all its samples at once, whatever the batch size. Sums are summed, and means are
 * weighted by what they count: values that do not depend on parameters, such as the number of labels, are first counted
 * over all data. How each factor depends on the batch size, for example 1/N for a mean, is determined from a graph of
 * another size. The result is checked numerically.
 * @returns null where the loss is not such a function of its samples, or where the check fails
 */
export async function innerLoss(request: InnerLossRequest): Promise<InnerLoss | null> {
  const { lowered, batchSize, data, engine, outputName } = request;
  const { g } = lowered;
  const found = decompositionOf(lowered, outputName, batchSize);
  if (!found) return null;
  if (
    await disagreement(lowered, found, lowered.outputs[outputName], {
      batchSize,
      data,
      engine,
    })
  )
    return null;
  const total = data.weights?.reduce((sum, weight) => sum + weight, 0) ?? data.samples;
  const statistics = await statisticsOf(found.statistics, lowered, data, batchSize, engine);
  const laws = total === batchSize ? lawsOfOne(found) : await lawsOf(request, found, statistics);
  if (!laws) return null;
  const known = new Map(found.statistics.map(({ input }, i) => [input, g.constant(statistics[i])]));
  const [constant, ...rows] = replay(g, [found.constant, ...found.terms.map((term) => term.rows)], known);
  const add = (sum: Value, value: Value) => g.add(sum, g.cast(value, sum.dtype));
  const perSample = rows.reduce(
    (sum, value, i) => add(sum, g.scale(value, total * grown(laws.terms[i], batchSize, total))),
    g.expand(g.scale(constant, grown(laws.constant, batchSize, total)), [batchSize]),
  );
  return {
    perSample,
    sums: found.statistics.length === 0 && laws.terms.every((law) => law === SUM),
  };
}

function decompositionOf({ g, inputs, parameters, outputs }: LoweredModel, name: string, batch: number) {
  const counted = Object.values(inputs).filter(({ shape }) => shape[0] === batch);
  const strides = new Map(counted.map((input) => [input, sizeOf(input.shape) / batch]));
  const theta = parameters.map(({ value }) => value);
  const loss = withSampleSums(g, g.reshape(outputs[name], []), strides, batch);
  return decompose(g, loss, strides, theta, batch);
}

/**
 * How a factor depends on the number N of samples in the graph: as a power of N, or as whole + shared/N (sum and mean).
 */
type Law = { power: number } | { whole: number; shared: number };

/** The law of a sum, whose factors do not depend on the batch size. */
const SUM: Law = { power: 0 };

const at = (law: Law, size: number) => ('power' in law ? size ** law.power : law.whole + law.shared / size);
const grown = (law: Law, from: number, to: number) => at(law, to) / at(law, from);

interface Laws {
  terms: Law[];
  constant: Law;
}

const lawsOfOne = ({ terms }: Decomposition): Laws => ({
  terms: terms.map(() => SUM),
  constant: SUM,
});

async function lawsOf(
  request: InnerLossRequest,
  found: Decomposition,
  statistics: readonly Tensor[],
): Promise<Laws | null> {
  const { lowered, batchSize, fixed, engine } = request;
  if (fixed) return fixedLaws(found, batchSize);
  const here = await factorsOf(found, lowered, statistics, engine);
  const size = batchSize > 3 ? Math.floor(batchSize / 2) : batchSize === 3 ? 2 : 3;
  const ratios = await ratiosTo(size, request, found, statistics, here);
  const powers = ratios?.map((ratio) => powerLaw(ratio, size / batchSize));
  if (!ratios || !powers) return null;
  if (powers.every((law) => law !== null)) return { constant: powers[0], terms: powers.slice(1) };
  // If a sum and a mean of the same values share a factor, it is not a power of N. A third size checks this
  // explanation.
  const third = [2, 3, 4].find((each) => each !== size && each !== batchSize)!;
  const others = await ratiosTo(third, request, found, statistics, here);
  if (!others) return null;
  const laws = powers.map(
    (law, i) => law ?? mixedLaw(batchSize, { size, ratio: ratios[i] }, { size: third, ratio: others[i] }),
  );
  const known = laws.filter((law) => law !== null);
  return known.length < laws.length ? null : { constant: known[0], terms: known.slice(1) };
}

/** The factors in a graph of another size, relative to those in this graph: for the constant and for each term. */
async function ratiosTo(
  size: number,
  { build, outputName, engine }: InnerLossRequest,
  found: Decomposition,
  statistics: readonly Tensor[],
  here: readonly (readonly number[])[],
): Promise<number[] | null> {
  const other = await orNull(build(size));
  if (!other || other.outputs[outputName]?.shape.length !== 0) return null;
  const again = decompositionOf(other, outputName, size);
  if (again?.terms.length !== found.terms.length || again.statistics.length !== found.statistics.length) return null;
  const there = await factorsOf(again, other, statistics, engine);
  const ratios = here.map((factors, i) => ratioOf(factors, there[i])).filter((ratio) => ratio !== null);
  return ratios.length < here.length ? null : ratios;
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (fault) {
    if (fault instanceof UserError) return null;
    throw fault;
  }
}

/** Computes the constant and the weights of each term as numbers. */
async function factorsOf(
  { constant, terms, statistics }: Decomposition,
  { g, parameters }: LoweredModel,
  known: readonly Tensor[],
  engine: Engine,
): Promise<(readonly number[])[]> {
  const joined = new Map(statistics.map(({ input }, i) => [input, g.constant(known[i])]));
  const values = replay(g, [constant, ...terms.map(({ weight }) => weight)], joined);
  const constants = new Map(parameters.map(({ value, tensor }) => [value, tensor]));
  // A program needs an input and at least one node, so every value is multiplied by an input that is 1.
  const one = g.input('one', 'float32', []);
  const outputs = Object.fromEntries(
    values.flatMap((value, i) => (constantOf(value) ? [] : [[`f${i}`, g.mul(value, g.cast(one, value.dtype))]])),
  );
  const computed: Record<string, Tensor> = {};
  if (Object.keys(outputs).length > 0) {
    const program = await engine.compile(g, {
      inputs: { one },
      outputs,
      constants,
    });
    Object.assign(computed, await program.run({ one: scalar('float32', 1) }));
    await program.release();
  }
  return values.map((value, i) => {
    const { data } = constantOf(value) ?? computed[`f${i}`];
    return Array.from(data as ArrayLike<number>, Number);
  });
}

/** Finds r with b = r · a, which is 1 where both are zero; null where there is none. */
function ratioOf(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) return null;
  const square = a.reduce((sum, x) => sum + x * x, 0);
  if (square === 0) return b.every((x) => x === 0) ? 1 : null;
  const ratio = a.reduce((sum, x, i) => sum + x * b[i], 0) / square;
  const largest = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return b.every((x, i) => Math.abs(x - ratio * a[i]) <= SAME * largest) ? ratio : null;
}

/** The integer power of the batch size that explains the ratio of two factors; null where there is none. */
function powerLaw(ratio: number, growth: number): Law | null {
  if (!(ratio > 0)) return null;
  const power = Math.round(Math.log(ratio) / Math.log(growth));
  if (power === 0) return Math.abs(Math.log(ratio) / Math.log(growth)) < MOST_OFF ? SUM : null;
  return Math.abs(Math.log(ratio) / Math.log(growth) - power) < MOST_OFF ? { power } : null;
}

interface Seen {
  size: number;
  /** The factor at this size, relative to that in the graph of the first size. */
  ratio: number;
}

/** Fits whole + shared/N to the factors of two sizes; null unless the factor of a third size lies on it. */
function mixedLaw(first: number, second: Seen, third: Seen): Law | null {
  const shared = (second.ratio - 1) / (1 / second.size - 1 / first);
  const law = { whole: 1 - shared / first, shared };
  return Math.abs(at(law, third.size) - third.ratio) <= SAME * Math.max(1, Math.abs(third.ratio)) ? law : null;
}

/**
 * Finds the laws for a file with a single batch size. An integer factor means a sum, and 1/(N·elements) means a mean.
 * Any other factor, and any statistic, leaves the law open.
 * @returns null where a law stays open
 */
function fixedLaws({ terms, statistics }: Decomposition, batchSize: number): Laws | null {
  if (statistics.length > 0) return null;
  const found = terms.map(({ weight }): Law | null => {
    const value = constantOf(weight);
    if (!value) return null;
    const [first] = value.data as Float32Array;
    const uniform = (value.data as Float32Array).every((each) => each === first);
    if (uniform && Number.isInteger(first)) return SUM;
    return uniform && Math.abs(first * batchSize * sizeOf(weight.shape) - 1) < SAME ? { power: -1 } : null;
  });
  const laws = found.filter((law) => law !== null);
  return laws.length < terms.length ? null : { terms: laws, constant: SUM };
}
