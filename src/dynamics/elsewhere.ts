import { dot, norm, scaled } from '../numerics/vectors';
import type { Objective } from '../objective/objective';
import type { ElsewhereMeasurement, SearchElsewhere } from '../report/report';
import { lbfgs } from './lbfgs';
import type { Reached } from './lbfgs';
import { lowPlaces, riseOf } from './lowPlaces';
import type { StartingPlace } from './lowPlaces';
import { extendScan } from './wideScan';
import type { WideDirection } from './wideScan';
import { formatNumber } from '../text/numbers';

/** How much is spent on the search for lower losses. */
export interface SearchEffort {
  /** Gradients of the descent from θ. */
  descent: number;
  /** Searches from low places of the scans, from random places, and their gradients. */
  fromScans: number;
  fromRandom: number;
  gradients: number;
  /** Distances of the scans, as α. */
  distances: readonly number[];
}

export interface ElsewhereRequest {
  loss: number;
  gradient: Float32Array;
  /** Chance loss, where it is known. */
  chance: number | null;
  /** Whether the loss cannot be negative. */
  bounded: boolean;
  resolution: number;
  /** Directions to scan. */
  directions: readonly WideDirection[];
  /** Directions of random places. A place nearby on the first tells a valley from a saddle. */
  random: readonly WideDirection[];
  effort: SearchEffort;
  /** Number of pairs that a descent estimates curvature from. Each takes two vectors. */
  pairs: number;
  signal?: AbortSignal;
  /** Called with the share of the work that is done. */
  onProgress?: (fraction: number) => void;
}

/** First and longest step of a descent, relative to ‖θ‖. A longer step could leave the valley. */
const FIRST_STEP = 0.01;
const LONGEST_STEP = 0.25;
/** Share of the unit by which a loss elsewhere has to be lower. Where less than that is left, nothing is searched. */
const WORTH = 0.2;
/** Distances of the random places: as far as the weights themselves and further, and one nearby. */
const FAR = [1, 2];
const NEAR = 0.02;
/** How much longer the descent from θ goes on where a lower place was found before it came to rest. */
const LONGER = 2;
/** A descent is at rest when its last third gained less than this share of what is searched for. */
const REST = 0.05;
/** Points on a straight way, besides its start. */
const WAY = [0.06, 0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1];

/**
 * Looks for places whose loss is lower than where a descent from θ ends, and for the way to them. First L-BFGS descends
 * from θ. Where that leaves less than 20 % of the chance loss, nothing can lie that much lower and the search ends.
 * Then wide scans, short descents from their low places, from random places far away and from one nearby follow. A
 * descent never climbs, so what a descent from θ or from a place that is reached without a climb finds, lies behind no
 * rise.
 * @see Goodfellow, Bengio & Courville 2016, Deep Learning, section 8.2.7
 */
export async function searchElsewhere(
  objective: Pick<Objective, 'value' | 'gradient' | 'plane' | 'theta'>,
  request: ElsewhereRequest,
): Promise<ElsewhereMeasurement> {
  const { loss, chance, bounded, resolution, effort, signal, onProgress } = request;
  const unit = chance ?? Math.abs(loss);
  const radius = request.directions[0]?.length ?? norm(objective.theta);
  const step = { first: FIRST_STEP * radius, longest: LONGEST_STEP * radius, resolution, pairs: request.pairs, signal };
  const dim = objective.theta.length;
  const enough = bounded ? WORTH * unit : -Infinity;
  const from = (start: Float32Array, budget: number) => lbfgs(objective, { ...step, start, budget, enough });
  let descent = await from(new Float32Array(dim), effort.descent);
  const found: ElsewhereMeasurement = {
    unit,
    unitIs: chance === null ? 'loss' : 'chance',
    bounded,
    resolution,
    descent: descentOf(descent, unit),
    scans: [],
    searches: [],
  };
  if (bounded && found.descent.loss < WORTH * unit) return found;
  onProgress?.(0.3);
  const nothing = { alpha: [0], loss: [loss] };
  for (const direction of request.directions) {
    const alphas = effort.distances.flatMap((distance) => [-distance, distance]);
    found.scans.push(await extendScan(objective, direction, nothing, alphas, signal));
  }
  onProgress?.(0.5);
  const starts = [
    ...lowPlaces(found.scans, request.directions, loss).slice(0, effort.fromScans),
    ...request.random
      .slice(0, effort.fromRandom)
      .map((direction, i) => ({ direction, alpha: FAR[i % FAR.length], rise: 0 })),
    ...(await nearby(request.random.slice(0, 1))),
  ].map((start) => ({ budget: effort.gradients, ...start }));
  for (const [i, { budget, ...start }] of starts.entries()) {
    const reached = await from(scaled(start.alpha, start.direction.vector), budget);
    found.searches.push(await told(reached, start));
    onProgress?.(0.5 + (0.5 * (i + 1)) / starts.length);
  }
  const lowestThere = () => Math.min(...found.searches.map((search) => search.loss).filter(Number.isFinite));
  if (!found.descent.settled && lowestThere() < found.descent.loss - WORTH * unit) {
    // Whether the descent from here ends higher has to be seen before it is said.
    const further = await from(descent.displacement, LONGER * effort.descent);
    descent = {
      ...further,
      gradients: descent.gradients + further.gradients,
      losses: [...descent.losses, ...further.losses.slice(1)],
    };
    found.descent = descentOf(descent, unit);
  }
  const lowest = indexOfLowest(found.searches.map((search) => search.loss));
  return lowest !== null && found.searches[lowest].loss < found.descent.loss ? { ...found, best: lowest } : found;

  async function along(vector: Float32Array, shares: readonly number[]): Promise<number[]> {
    if (shares.length === 0) return [];
    const points = shares.map((share) => ({ alpha: share, beta: 0 }));
    return (await objective.plane(vector, null, points, { signal })).map((value) => value.loss);
  }

  /** The lower of two places beside θ. A descent from there goes as far as that from θ. */
  async function nearby(directions: readonly WideDirection[]): Promise<(StartingPlace & { budget: number })[]> {
    const places: (StartingPlace & { budget: number })[] = [];
    for (const direction of directions) {
      const [below, above] = await along(direction.vector, [-NEAR, NEAR]);
      const isBelow = below < above;
      const rise = riseOf([isBelow ? below : above], loss);
      places.push({ direction, alpha: isBelow ? -NEAR : NEAR, rise, budget: effort.descent });
    }
    return places;
  }

  async function told(reached: Reached, { direction, alpha, rise }: StartingPlace): Promise<SearchElsewhere> {
    const straight = await along(reached.displacement, WAY);
    const shares = Math.abs(alpha) > NEAR ? WAY.map((share) => share * alpha) : [];
    const toStart = Math.max(rise, riseOf(await along(direction.vector, shares), loss));
    const distance = norm(reached.displacement);
    const slope = -dot(request.gradient, reached.displacement);
    const size = norm(request.gradient);
    return {
      from: `${direction.name} at α = ${formatNumber(alpha, 3)}`,
      startDistance: Math.abs(alpha) * direction.length,
      loss: reached.loss,
      gradients: reached.gradients,
      distance,
      ...(size > 0 && distance > 0 ? { cosine: slope / (size * distance) } : {}),
      rise: Math.min(riseOf(straight, loss), toStart),
      straight: { share: [0, ...WAY], loss: [loss, ...straight] },
    };
  }
}

function descentOf(
  { displacement, loss, gradients, losses, ended }: Reached,
  unit: number,
): ElsewhereMeasurement['descent'] {
  const before = losses[Math.floor((2 / 3) * (losses.length - 1))];
  const lastGain = before - loss;
  const settled = ended === 'at rest' || lastGain <= REST * WORTH * unit;
  return { loss, gradients, distance: norm(displacement), settled, lastGain };
}

function indexOfLowest(losses: readonly number[]): number | null {
  let best: number | null = null;
  losses.forEach((value, i) => {
    if (Number.isFinite(value) && (best === null || value < losses[best])) best = i;
  });
  return best;
}
