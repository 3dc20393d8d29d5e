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

/** What lies around a point, near to far. */
const OFFSETS: readonly Offset[] = Array.from({ length: (2 * REACH + 1) ** 2 }, (_, i) => {
  const [row, column] = [Math.floor(i / (2 * REACH + 1)) - REACH, (i % (2 * REACH + 1)) - REACH];
  return { row, column, squared: row ** 2 + column ** 2 };
})
  .filter(({ squared }) => squared > 0 && squared <= REACH ** 2)
  .sort((a, b) => a.squared - b.squared);

/** Number of offsets that are near enough to tell the edge of a hole. */
const BESIDE_COUNT = OFFSETS.filter(({ squared }) => squared <= BESIDE ** 2).length;

/** Finds what was measured around the points of a grid. */
export class MeasuredAround {
  /** Number of nodes of a point. */
  readonly most: number;
  /** Whether any measured point is not finite. */
  isTorn = false;
  /** The states of the grid with a margin of unknown points, so that no offset leaves it, and the length of its rows. */
  private readonly padded: Uint8Array;
  private readonly stride: number;
  /** The offsets as distances in `padded`. */
  private readonly steps: Int32Array;
  private readonly nodes: (readonly number[] | undefined)[];
  /** Squared distance up to which a change changes the nodes of a point. */
  private readonly reach: Int32Array;

  constructor(
    private readonly width: number,
    height: number,
  ) {
    this.most = Math.min(width, height) === 1 ? NODES.line : NODES.plane;
    this.stride = width + 2 * REACH;
    this.padded = new Uint8Array(this.stride * (height + 2 * REACH));
    this.steps = Int32Array.from(OFFSETS, ({ row, column }) => row * this.stride + column);
    this.nodes = Array.from({ length: width * height });
    this.reach = new Int32Array(width * height);
  }

  /**
   * Learns what is known now.
   * @param states one of the constants above per point, row by row
   */
  update(states: readonly number[]): void {
    const rows: number[] = [];
    const columns: number[] = [];
    for (let p = 0; p < states.length; p++) {
      const place = this.placeOf(p);
      if (this.padded[place] === states[p]) continue;
      this.padded[place] = states[p];
      rows.push(Math.floor(p / this.width));
      columns.push(p % this.width);
    }
    this.isTorn = states.includes(NOT_FINITE);
    for (let p = 0; p < states.length; p++) {
      if (!this.nodes[p]) continue;
      const row = Math.floor(p / this.width);
      const column = p % this.width;
      for (let i = 0; i < rows.length; i++) {
        const squared = (rows[i] - row) ** 2 + (columns[i] - column) ** 2;
        if (squared === 0 || squared > this.reach[p]) continue;
        this.nodes[p] = undefined;
        break;
      }
    }
  }

  /**
   * The nearest finite points, near to far, without the point itself. What a point that is not finite hides is left out.
   * The same array is returned until other nodes take their place.
   */
  nodesOf(p: number): readonly number[] {
    return (this.nodes[p] ??= this.findNodes(p));
  }

  private findNodes(p: number): number[] {
    const { padded, steps, most } = this;
    const place = this.placeOf(p);
    const nodes: number[] = [];
    const holes: Offset[] = [];
    this.reach[p] = REACH ** 2;
    for (let i = 0; i < steps.length; i++) {
      const state = padded[place + steps[i]];
      if (state === UNKNOWN) continue;
      const offset = OFFSETS[i];
      if (state === NOT_FINITE) holes.push(offset);
      else if (!isHidden(offset, holes) && nodes.push(this.at(p, offset)) === most) {
        this.reach[p] = offset.squared;
        break;
      }
    }
    return nodes;
  }

  /** The nearest measured points in eight sectors: four quadrants and the half-axes between them. */
  around(p: number): number[] {
    const place = this.placeOf(p);
    const found: number[] = [];
    let sectors = 0;
    for (let i = 0; i < BESIDE_COUNT; i++) {
      if (this.padded[place + this.steps[i]] === UNKNOWN) continue;
      const offset = OFFSETS[i];
      const sector = 1 << (3 * Math.sign(offset.row) + Math.sign(offset.column) + 4);
      if (sectors & sector) continue;
      sectors |= sector;
      found.push(this.at(p, offset));
    }
    return found;
  }

  private placeOf(p: number): number {
    return (Math.floor(p / this.width) + REACH) * this.stride + (p % this.width) + REACH;
  }

  private at(p: number, { row, column }: Offset): number {
    return p + row * this.width + column;
  }
}

function isHidden(offset: Offset, holes: readonly Offset[]): boolean {
  return holes.length > 0 && holes.some((hole) => hides(hole, offset));
}

/** Whether the straight way from the origin to a node passes close by a hole before it. */
function hides(hole: Offset, { row, column, squared }: Offset): boolean {
  const along = (hole.row * row + hole.column * column) / squared;
  if (along <= 0 || along >= 1) return false;
  return (hole.row - along * row) ** 2 + (hole.column - along * column) ** 2 < SHADOW ** 2;
}
