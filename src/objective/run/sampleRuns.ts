import type { Tensor } from '../../graph/tensor';
import type { ProductKind, SampleAnswers } from '../objective';
import type { GraphSizes } from '../resources/graphSizes';
import type { SampleFigures } from '../shards';
import type { BatchRuns } from './batchRuns';
import { GatheredAnswers } from './gatheredAnswers';
import { InOrder } from './inOrder';
import type { LossPrograms } from './programs';
import type { Span } from './span';
import { groupsOf, row, stack } from './stacked';

/** Values for each sample along a vector, named as in `sampleCurvature`. */
const FIGURES = ['slopes', 'curvatures', 'moves', 'bends'] as const;

interface SampleOptions {
  programs: LossPrograms;
  /** Largest number of vectors that go through a graph at once. */
  block: number;
  /** Decides how many vectors up to `block` go through one graph. */
  sizes: GraphSizes;
}

/** Figures of single samples, in the order of the data. */
export class SampleRuns {
  constructor(
    private readonly options: SampleOptions,
    private readonly span: Span,
    private readonly runs: BatchRuns,
  ) {}

  /** Figures along each vector. @param theta the point, [dim]; null for θ itself */
  async figures(
    kind: ProductKind,
    vectors: readonly Float32Array[],
    theta: Tensor | null,
    signal?: AbortSignal,
  ): Promise<SampleFigures[]> {
    const { programs, block, sizes } = this.options;
    const { batches, samples } = this.span;
    // All batches but the last have the same number of samples.
    const [{ count: batchSize }] = batches;
    const results: SampleFigures[] = [];
    for (const group of groupsOf(vectors, block, (count) => sizes.ofOthers(count))) {
      const program = await programs.sampleCurvature(kind, group.length, theta ? 'elsewhere' : 'theta');
      const found = group.map(() => noFigures(samples));
      const fixed = { ...(theta && { theta }), vectors: stack(group) };
      await this.runs.inLanes({ fixed, signal }, async (lane, own, placed) => {
        for await (const { batch, data } of own()) {
          const along = await program.run({ ...data, ...placed }, lane.index);
          const { count } = batches[batch];
          for (const [k, of] of found.entries()) {
            for (const name of FIGURES) {
              const figures = along[name];
              if (figures) of[name].set(row(figures, k).subarray(0, count), batch * batchSize);
            }
          }
        }
      });
      results.push(...found);
    }
    return results;
  }

  /** Losses and answers. @param theta the point, [dim]; null for θ itself */
  async answers(theta: Tensor | null, signal?: AbortSignal): Promise<SampleAnswers> {
    const { programs } = this.options;
    const program = await programs.perSample(theta ? 'elsewhere' : 'theta');
    const gathered = new GatheredAnswers(this.span, programs.answerShare);
    const found = new InOrder<Record<string, Tensor>>((answers, batch) => gathered.add(batch, answers));
    await this.runs.inLanes({ fixed: theta ? { theta } : {}, signal }, async (lane, own, placed) => {
      for await (const { batch, data } of own()) {
        found.add(batch, await program.run({ ...data, ...placed }, lane.index));
      }
    });
    return gathered.result;
  }
}

const noFigures = (samples: number): SampleFigures => ({
  slopes: new Float64Array(samples),
  curvatures: new Float64Array(samples),
  moves: new Float64Array(samples),
  bends: new Float64Array(samples),
});
