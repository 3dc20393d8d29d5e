import type { Value } from '../../graph/graph';
import { sizeOf } from '../../graph/tensor';
import { APART } from './apart';
import type { GraphAxes } from './axes';
import { axesOf } from './axes';
import type { Factor, UnitAxis } from './factor';
import type { AxisPiece, PlacedFactor } from './pieces';
import { piecesOf, settleFamilies } from './pieces';

/** An index that counts exchangeable units: hidden units, channels, heads of attention, the units of one head. */
export interface UnitIndex {
  size: number;
  /**
   * The index that stands with this one wherever this one occurs, such as the head of the units of a head: the units
   * of each block may then be exchanged on their own. Null where all units are exchanged alike.
   */
  block: number | null;
  /**
   * Units with equal numbers may be exchanged; constants and an order that means something tell kinds apart. One number
   * per unit, block after block: [… blocks of blocks, blocks, size]. Null where all are of one kind.
   */
  kinds: readonly number[] | null;
}

/** One factor of an axis of a parameter. */
export interface IndexPlace {
  size: number;
  /** Elements from one entry to the next. */
  stride: number;
  /** Number of the index that counts these entries; null where their order means something. */
  index: number | null;
  /** The place, in the same list, of the block that these units belong to. */
  block: number | null;
}

/**
 * A parameter, or a part of one, as a tensor over indices; the places are in the order of the memory, the last one
 * fastest. All parts together are the whole parameter.
 */
export interface IndexedTensor {
  parameter: string;
  /** First element of the part. */
  offset: number;
  places: readonly IndexPlace[];
}

/** What may be exchanged in the parameters, index by index. */
export interface UnitIndices {
  indices: readonly UnitIndex[];
  tensors: readonly IndexedTensor[];
}

/**
 * Numbers the indices of the parameters whose entries may be exchanged, each after the index of its blocks.
 * @param outputs everything that the loss reads, and the loss itself
 * @param parameters all tensors that move; running statistics among them
 */
export function unitIndices(
  outputs: readonly Value[],
  parameters: readonly { name: string; value: Value }[],
): UnitIndices {
  const axes = axesOf(outputs, new Set(parameters.map(({ value }) => value)), APART);
  const all = () => [...parameters.map(({ value }) => axes.of(value)), ...tensorsOf(axes)];
  settleFamilies(all);
  const tensors = parameters.flatMap(({ name, value }) =>
    piecesOf(axes.of(value)).map((piece) => ({ name, ...piece, factors: factorsOf(piece) })),
  );
  const factors = [...new Set(tensors.flatMap((tensor) => tensor.factors))];
  const blocks = blocksOf(all(), factors);
  // A fixed factor needs a number only where it is the block of others.
  const numbers = new Map<Factor, number>();
  const ordered: Factor[] = [];
  const number = (factor: Factor): void => {
    if (numbers.has(factor)) return;
    const block = blocks.get(factor);
    if (block) number(block);
    numbers.set(factor, ordered.length);
    ordered.push(factor);
  };
  factors.filter(({ fixed }) => !fixed).forEach(number);
  return {
    indices: ordered.map((factor) => ({
      size: factor.size,
      block: numbers.get(blocks.get(factor)!) ?? null,
      kinds: kindsOf(axes, factor, blocks),
    })),
    tensors: tensors.map(({ name, offset, factors: inPiece, places }) => ({
      parameter: name,
      offset,
      places: places.map(({ factor, size, stride }, place) => ({
        size,
        stride,
        index: numbers.get(factor) ?? null,
        block: numbers.has(factor) && blocks.has(factor) ? partner(inPiece, place, blocks.get(factor)!) : null,
      })),
    })),
  };
}

/** The place of the block of the units at a place: the place before it, or the only one. */
function partner(factors: readonly Factor[], place: number, block: Factor): number | null {
  if (factors[place - 1] === block) return place - 1;
  const first = factors.indexOf(block);
  return first >= 0 && factors.indexOf(block, first + 1) < 0 ? first : null;
}

const factorsOf = ({ places }: AxisPiece): Factor[] => places.map(({ factor }) => factor);

/** The axes of everything that a graph reads and computes besides its parameters. */
function tensorsOf({ nodes, isConstant, of, constants, across }: GraphAxes): (readonly UnitAxis[])[] {
  const values = new Set(nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs]));
  const computed = [...values].filter((value) => !isConstant(value)).map(of);
  return [...computed, ...constants.map((use) => use.axes), ...across];
}

/** The block of each factor that has one: a factor that occurs in every value in which the first one occurs. */
function blocksOf(tensors: readonly (readonly UnitAxis[])[], factors: readonly Factor[]): Map<Factor, Factor> {
  const candidates = new Map<Factor, Set<Factor>>();
  const visit = (all: readonly Factor[]): void => {
    for (const factor of new Set(all)) {
      const places = all.flatMap((each, place) => (each === factor ? [place] : []));
      const known = candidates.get(factor) ?? new Set(all);
      candidates.set(factor, new Set([...known].filter((each) => places.every((at) => stands(all, at, each)))));
    }
  };
  for (const axes of tensors) for (const piece of piecesOf(axes)) visit(factorsOf(piece));
  const order = new Map(factors.map((factor, at) => [factor, at]));
  const blocks = new Map<Factor, Factor>();
  for (const factor of factors) {
    if (factor.fixed) continue;
    // Of two that always stand together, the one that is seen first is the block of the other.
    const outer = [...(candidates.get(factor) ?? [])].filter(
      (each) => order.has(each) && !(candidates.get(each)!.has(factor) && order.get(each)! > order.get(factor)!),
    );
    const depth = (each: Factor) => candidates.get(each)!.size;
    const [nearest] = outer.sort((a, b) => depth(b) - depth(a) || order.get(b)! - order.get(a)!);
    if (nearest) blocks.set(factor, nearest);
  }
  return blocks;
}

const stands = (all: readonly Factor[], place: number, block: Factor): boolean =>
  block !== all[place] && partner(all, place, block) !== null;

/** Numbers the units so that two have one number where all constants agree on them. */
function kindsOf(axes: GraphAxes, factor: Factor, blocks: ReadonlyMap<Factor, Factor>): number[] | null {
  const chain = [factor];
  for (let block = blocks.get(factor); block; block = blocks.get(block)) chain.unshift(block);
  const units = sizeOf(chain.map(({ size }) => size));
  // A block whose order means something stays in its place, and so do all its units.
  let kinds = Array.from({ length: units }, (_, unit) => (factor.fixed ? unit % factor.size : 0));
  for (const { axes: own, contents } of axes.constants) {
    for (const piece of piecesOf(own)) {
      const all = factorsOf(piece);
      for (const [place, leaf] of all.entries()) {
        if (leaf !== factor) continue;
        const places = placesOf(all, place, chain);
        for (const data of contents) {
          const parts = kinds.map((kind) => [String(kind)]);
          eachElement(piece.places, (entries, element) => {
            const unit = places.reduce((sum, each) => sum * all[each].size + entries[each], 0);
            parts[unit].push(String(data[piece.offset + element]));
          });
          const known = new Map<string, number>();
          kinds = parts.map((part) => {
            const key = part.join();
            if (!known.has(key)) known.set(key, known.size);
            return known.get(key)!;
          });
        }
      }
    }
  }
  return new Set(kinds).size > 1 ? kinds : null;
}

/** The places of a chain of blocks, the innermost of which stands at a place. */
function placesOf(all: readonly Factor[], place: number, chain: readonly Factor[]): number[] {
  const found: number[] = [place];
  for (const block of chain.slice(0, -1).reverse()) found.unshift(partner(all, found[0], block)!);
  return found;
}

/** Passes each element, and which entry of each place it is, in the order of the places. */
function eachElement(
  places: readonly PlacedFactor[],
  visit: (entries: readonly number[], element: number) => void,
): void {
  const count = sizeOf(places.map(({ size }) => size));
  const entries = places.map(() => 0);
  for (let k = 0; k < count; k++) {
    let [rest, element] = [k, 0];
    for (let place = places.length - 1; place >= 0; place--) {
      const { size, stride } = places[place];
      entries[place] = rest % size;
      element += entries[place] * stride;
      rest = Math.floor(rest / size);
    }
    visit(entries, element);
  }
}
