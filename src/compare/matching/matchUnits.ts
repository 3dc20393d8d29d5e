import { setImmediate } from 'node:timers/promises';
import { random } from '../../numerics/random';
import type { ParameterTensor, UnitIndices } from '../../objective/objective';
import type { MatchedOrder } from './descend';
import { descending } from './descend';
import type { Matching, Piece } from './piece';
import { eachPairs } from './piece';
import type { MatchingProblem } from './problem';
import { identityStart, randomStart, sortedStart } from './starts';

/** Two networks of one architecture. */
export interface MatchRequest {
  /** Slices of the two vectors. Statistics move along, but count neither for the matching nor for the distance. */
  tensors: readonly ParameterTensor[];
  indices: UnitIndices;
  own: Float32Array;
  other: Float32Array;
  seed: number;
}

/** Units that one index counts, such as the channels of a layer. */
export interface UnitGroup {
  /** The first tensor that they belong to. */
  name: string;
  /** Units that could have another place. */
  units: number;
  /** Those of them that have one now; inside a block, another place of the block. */
  moved: number;
}

export interface UnitMatch {
  /** The other network's vector with its units in the order of the own ones. */
  matched: Float32Array;
  groups: UnitGroup[];
  /** ‖θ_own − θ_other‖ before matching. */
  distanceBefore: number;
  /** ‖θ_own − P θ_other‖ */
  distance: number;
  /** Number of starting orders that were tried. */
  starts: number;
}

export interface MatchHooks {
  signal?: AbortSignal;
  /** Receives the finished fraction of all starts. */
  onProgress?: (fraction: number) => void;
}

/**
 * Weight matching: the permutation P of the other network's units, which leaves its function as it is, that brings its
 * weights close to the own ones, argmin_P ‖θ_own − P θ_other‖. Coordinate descent finds a local optimum from each of
 * several starts (all units in their place, sorted weights, seeded random orders), and the best is kept.
 * @see Ainsworth, Hayase & Srinivasa 2023, arXiv:2209.04836, algorithm 1
 */
export async function matchUnits(request: MatchRequest, { signal, onProgress }: MatchHooks = {}): Promise<UnitMatch> {
  const { tensors, indices, own, other, seed } = request;
  const all = piecesOf(tensors, indices);
  const open = indices.indices.flatMap(({ block }, index) =>
    block === null ? [{ index, ownBlock: 0, otherBlock: 0 }] : [],
  );
  const counted = all.flatMap(({ statistic, piece }) => (statistic ? [] : [piece]));
  const problem: MatchingProblem = { own, other, pieces: counted, open, indices: indices.indices };
  const starts = open.length > 0 ? startsFor(problem) : 1;
  let best: MatchedOrder | null = null;
  for (let start = 0; start < starts; start++) {
    const source = random(seed, 'matching', start);
    const steps = descending(problem, startOf(problem, start, seed), source);
    for (;;) {
      await setImmediate();
      signal?.throwIfAborted();
      const { done, value } = steps.next();
      if (!done) continue;
      if (!best || value.value > best.value + 1e-12 * Math.abs(best.value)) best = value;
      break;
    }
    onProgress?.((start + 1) / starts);
  }
  const { matching } = best!;
  const matched = Float32Array.from(other);
  for (const { piece } of all) {
    eachPairs(piece, matching, (pairs) => pairs.own.forEach((at, k) => (matched[at] = other[pairs.other[k]])));
  }
  return {
    matched,
    groups: groupsOf(indices, matching),
    distanceBefore: distance(tensors, own, other),
    distance: distance(tensors, own, matched),
    starts,
  };
}

function piecesOf(
  tensors: readonly ParameterTensor[],
  { tensors: indexed }: UnitIndices,
): { statistic: boolean; piece: Piece }[] {
  return tensors.flatMap(({ name, offset, statistic = false }) => {
    const parts = indexed.filter(({ parameter }) => parameter === name);
    if (parts.length === 0) throw new Error(`No indices of the tensor ${name}.`);
    return parts.map((part) => {
      const at = offset + part.offset;
      return { statistic, piece: { own: at, other: at, places: part.places } };
    });
  });
}

function startOf(problem: MatchingProblem, start: number, seed: number): Matching {
  if (start === 0) return identityStart(problem);
  if (start === 1) return sortedStart(problem);
  return randomStart(problem, random(seed, 'matching start', start));
}

const MOST_STARTS = 20;
/** In their place, sorted, and one random start. */
const FEWEST_STARTS = 3;
/** Multiplications that the starts may take together, at five sweeps each: about 20 seconds. */
const WORK = 2e10;

/** As many starts as sizes allow, whatever the time, so that the same request has the same answer. */
function startsFor({ pieces, indices }: MatchingProblem): number {
  const ofPiece = ({ places }: Piece) => {
    const units = places.map(({ index, size }) => (index === null ? 0 : size));
    return places.reduce((product, { size }) => product * size, 1) * units.reduce((a, b) => a + b, 0);
  };
  const assignments = indices.reduce((sum, { size }) => sum + size ** 3, 0);
  const sweep = pieces.reduce((sum, piece) => sum + ofPiece(piece), assignments);
  return Math.max(FEWEST_STARTS, Math.min(MOST_STARTS, Math.floor(WORK / (5 * sweep))));
}

/** How many units of each index have another of their kind in their block, and how many stand in another place of it. */
function groupsOf({ indices, tensors }: UnitIndices, matching: Matching): UnitGroup[] {
  const groups = indices.map((_, index): UnitGroup => {
    const reader = tensors.find(({ places }) => places.some((place) => place.index === index));
    return { name: reader?.parameter ?? '', units: 0, moved: 0 };
  });
  const count = (orders: Matching, block: number): void => {
    for (const [index, { to, within }] of orders) {
      const { size, kinds } = indices[index];
      const group = groups[index];
      const sizes = new Map<number, number>();
      const own = Array.from({ length: size }, (_, unit) => kinds?.[block * size + unit] ?? 0);
      for (const kind of own) sizes.set(kind, (sizes.get(kind) ?? 0) + 1);
      group.units += own.filter((kind) => sizes.get(kind)! > 1).length;
      group.moved += to.reduce((sum, otherUnit, unit) => sum + Number(otherUnit !== unit), 0);
      within.forEach((inner, unit) => count(inner, block * size + unit));
    }
  };
  count(matching, 0);
  return groups.filter(({ units }) => units > 0);
}

function distance(tensors: readonly ParameterTensor[], a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (const { offset, count, statistic } of tensors) {
    if (statistic) continue;
    for (let i = offset; i < offset + count; i++) sum += (a[i] - b[i]) ** 2;
  }
  return Math.sqrt(sum);
}
