import { basinRadii, basinWidth } from '../../landscape/basin';
import type { Direction } from '../../landscape/direction';
import { sampleLine } from '../../landscape/line';
import { meanRoughness, roughnessOf } from '../../landscape/roughness';
import { randomDirection } from '../../landscape/direction';
import { ascentStart, sharpestDirection } from '../../landscape/sharpestDirection';
import { lossResolution } from '../../dynamics/lossResolution';
import { normalize } from '../../numerics/vectors';
import type { Preset } from '../../options/options';
import type { BasinWidth } from '../../report/sections/landscape';
import type { LineRoughness } from '../../report/sections/roughness';
import { formatCount } from '../../text/counts';
import { formatNumber } from '../../text/numbers';
import { needsSpectrum } from '../directions';
import { descent } from './descent';
import { gradient } from './gradient';
import { loss } from './loss';
import type { Context } from './measurement';
import { defineMeasurement, LOSSES } from './measurement';
import { spectrum } from './spectrum';

/** Number of random directions. */
const RANDOM: Record<Preset, number> = { quick: 8, standard: 16, thorough: 48 };
/** Lines and planes use streams 0 and 1, and the mean curvature those after them. */
const FIRST_STREAM = 100;
/** Usual number of losses of a search on both sides. */
const BOTH_SIDES = 80;
/** The lines along random directions whose roughness is averaged. */
const ROUGH = { from: -1, to: 1, steps: 41 };
/** The usual ρ of SAM, and the gradients of an ascent. @see Foret et al. 2021, arXiv:2010.01412, section 3 */
const SAM_RADIUS = 0.05;
const ASCENTS = 6;
/** The ascent is repeated with ρ at the edge that it found: the steepest direction nearby need not be that at the edge. */
const ROUNDS = 3;

/** Measures how far the loss stays below twice its value along lines, random directions and the sharpest direction. */
export const basin = defineMeasurement({
  id: 'basin',
  title: 'Width of the basin',
  part: 'always',
  timedAs: 'basin',
  withoutDerivatives: true,
  applies: (options) => options.basin,
  needs: ({ lines }) => [
    loss,
    gradient,
    ...(lines.some(({ direction }) => needsSpectrum(direction)) ? [spectrum] : []),
  ],
  cost: ({ preset, lines }) => ({
    losses:
      ((RANDOM[preset] + lines.length + ROUNDS) * BOTH_SIDES + RANDOM[preset] * ROUGH.steps) * LOSSES.planePoint +
      ROUNDS * ASCENTS * LOSSES.gradient,
    graphs: ['points', 'gradient'],
  }),
  async measure(context) {
    const { objective, pictures, options, draft, signal, report, found } = context;
    const start = draft.report.objective?.loss;
    if (start === undefined) return;
    if (start <= 0) {
      draft.warn(
        `The loss is ${formatNumber(start)} here: twice a loss that is not positive is no higher, so the basin has no width.`,
      );
      return;
    }
    const resolution = found(descent) ?? (await lossResolution(objective, start, { seed: options.seed, signal }));
    if (resolution >= start) {
      draft.warn(
        `The loss is ${formatNumber(start, 2)} here, less than what rounding of the weights changes (${formatNumber(resolution, 2)}): the width of the basin cannot be resolved.`,
      );
      return;
    }
    const request = { loss: start, resolution, signal };
    const lines = await lineDirections(context);
    const random = randomDirections(context);
    const widths: BasinWidth[] = [];
    const drawn: BasinWidth[] = [];
    const rough: LineRoughness[] = [];
    const total = lines.length + random.length + ROUNDS;
    const add = (width: BasinWidth) => {
      widths.push(width);
      draft.addLandscape({
        basin: [...widths],
        ...(drawn.length > 1 && { basinRadii: basinRadii(start, drawn) }),
        ...(rough.length > 1 && { roughness: meanRoughness(rough, [ROUGH.from, ROUGH.to]) }),
      });
      report(widths.length / total, `${formatCount(widths.length)} of ${formatCount(total)} directions`);
    };
    for (const direction of lines)
      add(await basinWidth((await pictures.lossAlong(direction)).objective, direction, request));
    for (const direction of random) {
      const width = await basinWidth(objective, direction, request);
      drawn.push(width);
      const line = roughnessOf(await sampleLine(objective, direction, ROUGH, { signal }));
      if (line) rough.push(line);
      add(width);
    }
    const sharpest = await sharpestWidth(context, request);
    if (sharpest) add(sharpest);
  },
});

/** The directions of all lines, once each. */
async function lineDirections({ options, directions, draft }: Context): Promise<Direction[]> {
  const found = new Map<string, Direction>();
  for (const { direction: request } of options.lines) {
    const answer = await directions.get(request);
    if ('missing' in answer) draft.warn(answer.missing);
    else if (answer.direction.norm > 0) found.set(answer.direction.name, answer.direction);
  }
  return [...found.values()];
}

function randomDirections({ objective, options }: Context): Direction[] {
  return Array.from({ length: RANDOM[options.preset] }, (_, k) =>
    randomDirection(objective.parameters, objective.theta, {
      seed: options.seed,
      stream: FIRST_STREAM + k,
      normalization: 'filter',
    }),
  ).filter((direction) => direction !== null);
}

/** The narrowest width that ascents find, with ρ first as SAM has it and then at the edge found before. */
async function sharpestWidth(
  { objective, facts, options, signal, found }: Context,
  request: { loss: number; resolution: number; signal?: AbortSignal },
): Promise<BasinWidth | null> {
  if (!facts.canDifferentiate) return null;
  let from: Float32Array = Float32Array.from(found(gradient) ?? []);
  if (from.length === 0 || normalize(from) === 0) from = ascentStart(objective.dim, options.seed);
  let radius = SAM_RADIUS;
  let narrowest: BasinWidth | null = null;
  for (let round = 0; round < ROUNDS; round++) {
    const direction = await sharpestDirection(objective, { radius, ascents: ASCENTS, from, signal });
    const width = await basinWidth(objective, direction, request);
    if (!narrowest || width.radius < narrowest.radius) narrowest = width;
    if (!Number.isFinite(width.radius)) break;
    // The ascent goes on where the basin ends first.
    from = width.plus <= width.minus ? direction.vector : direction.vector.map((value) => -value);
    radius = width.radius;
  }
  return narrowest;
}
