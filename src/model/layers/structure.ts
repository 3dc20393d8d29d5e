import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import type { GraphAxes } from './axes';
import { axesOf } from './axes';
import type { UnitAxis, Factor } from './factor';
import { leaves } from './factor';
import { degreesOf } from './scalings';
import type { UnitDegrees } from './scalings';
import type { WeightRole } from './weights';

/**
 * The elements of a parameter that belong to each unit: element i of slice o of unit u lies at
 * ((o · units) + u) · inner + i, o < outer.
 */
export interface UnitSlices {
  parameter: string;
  outer: number;
  inner: number;
}

/** Units that may be exchanged, in all their parameters at once, without a change of the network's function. */
export interface UnitSet {
  units: number;
  slices: readonly UnitSlices[];
  /** Units of one kind may be exchanged; constants tell kinds apart. Null where all are of one kind. */
  kinds: readonly number[] | null;
}

/**
 * Units of which each may be multiplied by c > 0 in the first parameters and divided by c in the second ones without a
 * change of the network's function.
 */
export interface UnitScaling {
  units: number;
  first: readonly UnitSlices[];
  second: readonly UnitSlices[];
}

/** Which weights belong to which units, and which changes of the weights leave the function as it is. */
export interface NetworkUnits {
  sets: readonly UnitSet[];
  scalings: readonly UnitScaling[];
}

/** The same, with what each parameter does. */
export interface NetworkStructure extends NetworkUnits {
  weights: readonly WeightRole[];
}

/** A factor in the flattened list of a tensor's factors. */
interface Occurrence {
  parameter: string;
  value: Value;
  /** Factors of the tensor, over all axes. */
  factors: readonly Factor[];
  place: number;
}

/** @param outputs everything that the loss reads, and the loss itself */
export function networkUnits(
  outputs: readonly Value[],
  parameters: readonly { name: string; value: Value }[],
): NetworkUnits {
  const axes = axesOf(outputs, new Set(parameters.map(({ value }) => value)));
  const occurrences = parameters.flatMap(({ name, value }): Occurrence[] => {
    const factors = leaves(axes.of(value).flat());
    return factors.map((_, place) => ({ parameter: name, value, factors, place }));
  });
  return { sets: setsOf(axes, occurrences), scalings: scalingsOf(degreesOf(axes), axes, occurrences) };
}

function setsOf(axes: GraphAxes, occurrences: readonly Occurrence[]): UnitSet[] {
  const byFactor = new Map<Factor, Occurrence[]>();
  for (const occurrence of occurrences) {
    const factor = occurrence.factors[occurrence.place];
    if (!factor.fixed) byFactor.set(factor, [...(byFactor.get(factor) ?? []), occurrence]);
  }
  return [...byFactor].map(([factor, places]) => {
    const block = blockOf(axes, factor, places);
    const blocks = block?.size ?? 1;
    const units = blocks * factor.size;
    const slices = places.map(({ parameter, factors, place }) => ({
      parameter,
      outer: sizeOf(sizes(factors.slice(0, place))) / blocks,
      inner: sizeOf(sizes(factors.slice(place + 1))),
    }));
    const kinds = kindsOf(axes, factor, units, block);
    return { units, slices, kinds: new Set(kinds).size > 1 ? kinds : null };
  });
}

const sizes = (factors: readonly Factor[]): number[] => factors.map(({ size }) => size);

/**
 * The factor that always stands before another one, as the heads of attention stand before the units of a head: the
 * units of each block may then be exchanged on their own.
 */
function blockOf(axes: GraphAxes, factor: Factor, places: readonly Occurrence[]): Factor | null {
  const [{ factors, place }] = places;
  const block = place > 0 ? factors[place - 1] : null;
  if (!block || block === factor) return null;
  const stand = (axis: UnitAxis) => leaves(axis).every((leaf, i, all) => leaf !== factor || all[i - 1] === block);
  const values = axes.nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  const isInAll =
    places.every((other) => other.factors[other.place - 1] === block) &&
    axes.constants.every((use) => stand(use.axes.flat())) &&
    values.every((value) => {
      if (axes.isConstant(value)) return true;
      const found = leaves(axes.of(value).flat());
      return !found.includes(factor) || found.includes(block);
    });
  return isInAll ? block : null;
}

/** Numbers the units so that two have one number where all constants agree on them and they stand in one block. */
function kindsOf(axes: GraphAxes, factor: Factor, units: number, block: Factor | null): number[] {
  let kinds = Array.from({ length: units }, (_, unit) => (block ? Math.floor(unit / factor.size) : 0));
  for (const { axes: own, contents } of axes.constants) {
    const factors = leaves(own.flat());
    const blocks = block?.size ?? 1;
    for (const [place, leaf] of factors.entries()) {
      if (leaf !== factor) continue;
      const outer = sizeOf(sizes(factors.slice(0, place))) / blocks;
      const inner = sizeOf(sizes(factors.slice(place + 1)));
      for (const data of contents) {
        const known = new Map<string, number>();
        kinds = kinds.map((kind, unit) => {
          const parts = [String(kind)];
          for (let o = 0; o < outer; o++)
            for (let i = 0; i < inner; i++) parts.push(String(data[(o * units + unit) * inner + i]));
          const key = parts.join();
          if (!known.has(key)) known.set(key, known.size);
          return known.get(key)!;
        });
      }
    }
  }
  return kinds;
}

function scalingsOf(degrees: UnitDegrees, axes: GraphAxes, occurrences: readonly Occurrence[]): UnitScaling[] {
  const byRoot = new Map<number, { factor: Factor; ratio: number; slices: UnitSlices }[]>();
  for (const { parameter, value, factors, place } of occurrences) {
    const found = degrees.of(value, ...placeIn(axes.of(value), place));
    if (!found) continue;
    const slices = {
      parameter,
      outer: sizeOf(sizes(factors.slice(0, place))),
      inner: sizeOf(sizes(factors.slice(place + 1))),
    };
    const entry = { factor: factors[place], ratio: found.ratio, slices };
    byRoot.set(found.root, [...(byRoot.get(found.root) ?? []), entry]);
  }
  return [...byRoot.values()].flatMap((entries) => {
    const [{ factor, ratio: unit }] = entries;
    const side = (sign: number) => entries.filter(({ ratio }) => ratio === sign * unit).map(({ slices }) => slices);
    const [first, second] = [side(1), side(-1)];
    // A parameter of another degree, such as a square root's, would have another factor.
    const isPlain = first.length + second.length === entries.length;
    return isPlain && second.length > 0 ? [{ units: factor.size, first, second }] : [];
  });
}

/** Axis, and place within the axis, of a factor in the flattened list. */
function placeIn(axes: readonly UnitAxis[], place: number): [number, number] {
  let left = place;
  for (const [axis, factors] of axes.entries()) {
    const { length } = leaves(factors);
    if (left < length) return [axis, left];
    left -= length;
  }
  throw new Error('A place beyond the factors of its tensor.');
}
