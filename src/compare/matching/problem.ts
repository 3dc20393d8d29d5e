import type { UnitIndex } from '../../objective/objective';
import type { Piece } from './piece';
import { isBlock, restricted } from './piece';

/** An index whose units are to be matched, within one block of each network if it has blocks. */
export interface OpenIndex {
  index: number;
  /** Number of the block of the own units, counted over all blocks around it; 0 without blocks. */
  ownBlock: number;
  otherBlock: number;
}

/**
 * Weight matching: find orders of the open indices that maximise Σ own · other, which minimises ‖own − P·other‖.
 * Inside a unit that is a block of others, the same problem appears again over part of the elements.
 */
export interface MatchingProblem {
  own: Float32Array;
  other: Float32Array;
  pieces: readonly Piece[];
  open: readonly OpenIndex[];
  indices: readonly UnitIndex[];
}

/** A place of a piece where the units of an index are counted. */
export interface Occurrence {
  piece: Piece;
  place: number;
}

/** Where an index occurs, outside the blocks of other open indices. */
export function occurrencesOf({ pieces }: MatchingProblem, index: number): Occurrence[] {
  return pieces.flatMap((piece) =>
    piece.places.flatMap((each, place) => (each.index === index && each.block === null ? [{ piece, place }] : [])),
  );
}

/** The problem inside a pair of units that are blocks of others; null where no units lie inside. */
export function insideProblem(
  problem: MatchingProblem,
  { index, ownBlock, otherBlock }: OpenIndex,
  unit: number,
  otherUnit: number,
): MatchingProblem | null {
  const { size } = problem.indices[index];
  const open = problem.indices.flatMap(({ block }, each) =>
    block === index
      ? [{ index: each, ownBlock: ownBlock * size + unit, otherBlock: otherBlock * size + otherUnit }]
      : [],
  );
  if (open.length === 0) return null;
  const pieces = occurrencesOf(problem, index)
    .filter(({ piece, place }) => isBlock(piece, place))
    .map(({ piece, place }) => restricted(piece, place, unit, otherUnit));
  return { ...problem, open, pieces };
}

/** The kinds of the units of both networks, among which a unit finds its partner; null where all are of one kind. */
export function kindsIn(
  { indices }: MatchingProblem,
  { index, ownBlock, otherBlock }: OpenIndex,
): { rows: readonly number[]; columns: readonly number[] } | null {
  const { size, kinds } = indices[index];
  if (!kinds) return null;
  const of = (block: number) => kinds.slice(block * size, (block + 1) * size);
  return { rows: of(ownBlock), columns: of(otherBlock) };
}

/** The indices inside the units of an index, at any depth. */
export function descendants(indices: readonly UnitIndex[], index: number): number[] {
  const children = indices.flatMap(({ block }, each) => (block === index ? [each] : []));
  return children.flatMap((child) => [child, ...descendants(indices, child)]);
}

/** Whether the best order of one open index depends on the order of another, or on its own at another place. */
export function isCoupled({ pieces, open }: MatchingProblem): boolean {
  const isOpen = new Set(open.map(({ index }) => index));
  return pieces.some(({ places }) => places.filter(({ index }) => index !== null && isOpen.has(index)).length > 1);
}
