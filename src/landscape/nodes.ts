/** What is known of a point of a grid. */
export const [UNKNOWN, FINITE, NOT_FINITE] = [0, 1, 2] as const;

/** Number of nodes that a value is interpolated from: on a plane those within about three points, on a line as near. */
const NODES = { plane: 24, line: 6 };
/** Largest distance of a node, in points of the grid. */
const REACH = 24;
/** A node closer than this to the straight way to another one hides it, if it is not finite. In points of the grid. */
const SHADOW = 2;
/** Farther measured points do not say whether a point lies at the edge of a hole. */
const BESIDE = 6;

interface Offset {
  row: number;
  column: number;
  /** Squared distance. */
  squared: number;
}

const OFFSETS: readonly Offset[] = Array.from({ length: (2 * REACH + 1) ** 2 }, (_, i) => {
  const [row, column] = [Math.floor(i / (2 * REACH + 1)) - REACH, (i % (2 * REACH + 1)) - REACH];
  return { row, column, squared: row ** 2 + column ** 2 };
})
  .filter(({ squared }) => squared > 0 && squared <= REACH ** 2)
  .sort((a, b) => a.squared - b.squared);

/**
 * Finds what was measured around the points of a grid.
 * @param states one of the constants above per point, row by row
 */
export class MeasuredAround {
  private readonly height: number;
  private readonly most: number;

  constructor(
    private readonly states: Uint8Array,
    private readonly width: number,
  ) {
    this.height = states.length / width;
    this.most = Math.min(width, this.height) === 1 ? NODES.line : NODES.plane;
  }

  /** The nearest finite points, near to far, without the point itself. What a point that is not finite hides is left out. */
  nodesOf(p: number): number[] {
    const { states, width, height, most } = this;
    const [row, column] = [Math.floor(p / width), p % width];
    const nodes: number[] = [];
    const holes: Offset[] = [];
    for (const offset of OFFSETS) {
      const [i, j] = [row + offset.row, column + offset.column];
      if (i < 0 || j < 0 || i >= height || j >= width) continue;
      const q = i * width + j;
      if (states[q] === UNKNOWN) continue;
      if (states[q] === NOT_FINITE) holes.push(offset);
      else if (!holes.some((hole) => hides(hole, offset)) && nodes.push(q) === most) break;
    }
    return nodes;
  }

  /** The nearest measured points in eight sectors: four quadrants and the half-axes between them. */
  around(p: number): number[] {
    const { states, width, height } = this;
    const [row, column] = [Math.floor(p / width), p % width];
    const found: number[] = [];
    let sectors = 0;
    for (const offset of OFFSETS) {
      if (offset.squared > BESIDE ** 2) break;
      const [i, j] = [row + offset.row, column + offset.column];
      if (i < 0 || j < 0 || i >= height || j >= width || states[i * width + j] === UNKNOWN) continue;
      const sector = 1 << (3 * Math.sign(offset.row) + Math.sign(offset.column) + 4);
      if (sectors & sector) continue;
      sectors |= sector;
      found.push(i * width + j);
    }
    return found;
  }
}

/** Whether the straight way from the origin to a node passes close by a hole before it. */
function hides(hole: Offset, { row, column, squared }: Offset): boolean {
  const along = (hole.row * row + hole.column * column) / squared;
  if (along <= 0 || along >= 1) return false;
  return (hole.row - along * row) ** 2 + (hole.column - along * column) ** 2 < SHADOW ** 2;
}
