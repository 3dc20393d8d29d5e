/** A minimum of a function on a grid, and how long its basin stays apart while the level rises. */
export interface SublevelMinimum {
  /** The vertex, as an index into the values. */
  at: number;
  /** Height of the lowest barrier to a lower minimum above this one; Infinity for the lowest of its component. */
  persistence: number;
  /** The vertex where the basin meets that of a lower minimum; null for the lowest of its component. */
  barrier: number | null;
}

export interface SublevelSets {
  /** Connected components of all vertices. */
  components: number;
  /** Longest persistence first; among equals, the lowest first. */
  minima: SublevelMinimum[];
}

/**
 * The 0-dimensional persistence of the sublevel sets {p : f(p) ≤ t} of a function on a grid with 8 neighbours each.
 * As the level t rises, a component is born at each minimum. Where two components meet, the one with the higher minimum
 * ends (elder rule), and
 *   persistence = f(meeting vertex) − f(minimum)
 * The lowest minimum of a connected component of the grid never ends. NaN and ±∞ are no vertices: no path leads through
 * them. A plateau is one minimum, its vertex nearest to the centre. Equal minima: the one nearer to the centre is the elder.
 * Cost: one sort and one union-find over the vertices.
 * @param values row by row
 * @param centre a vertex, as row and column
 * @see Edelsbrunner, Letscher & Zomorodian 2002, Discrete & Computational Geometry 28, 511
 */
export function sublevelSets(
  values: readonly number[],
  width: number,
  [centreRow, centreColumn]: readonly [number, number],
): SublevelSets {
  const distance = values.map((_, p) => Math.hypot(Math.floor(p / width) - centreRow, (p % width) - centreColumn));
  const order = values
    .map((_, p) => p)
    .filter((p) => Number.isFinite(values[p]))
    .sort((a, b) => values[a] - values[b] || distance[a] - distance[b] || a - b);
  const rank = new Int32Array(values.length).fill(-1);
  order.forEach((p, i) => (rank[p] = i));
  /** The root of a component is its lowest minimum. */
  const parent = Int32Array.from(values, (_, p) => p);
  const rootOf = (p: number): number => {
    while (parent[p] !== p) {
      parent[p] = parent[parent[p]];
      p = parent[p];
    }
    return p;
  };
  const minima: SublevelMinimum[] = [];
  order.forEach((p, i) => {
    const below = neighbours(p, width, values.length).filter((q) => rank[q] >= 0 && rank[q] < i);
    const roots = [...new Set(below.map(rootOf))].sort((a, b) => rank[a] - rank[b]);
    const [elder = p, ...younger] = roots;
    parent[p] = elder;
    for (const root of younger) {
      parent[root] = elder;
      const persistence = values[p] - values[root];
      // Two parts of one plateau meet on its own level.
      if (persistence > 0) minima.push({ at: root, persistence, barrier: p });
    }
  });
  const lowest = order.filter((p) => parent[p] === p);
  for (const at of lowest) minima.push({ at, persistence: Infinity, barrier: null });
  const longerFirst = (a: SublevelMinimum, b: SublevelMinimum) => (a.persistence < b.persistence ? 1 : -1);
  minima.sort((a, b) => (a.persistence === b.persistence ? rank[a.at] - rank[b.at] : longerFirst(a, b)));
  return { components: lowest.length, minima };
}

function neighbours(p: number, width: number, count: number): number[] {
  const column = p % width;
  const found: number[] = [];
  for (const above of [-width, 0, width]) {
    for (const beside of [-1, 0, 1]) {
      const q = p + above + beside;
      if (q === p || q < 0 || q >= count || column + beside < 0 || column + beside >= width) continue;
      found.push(q);
    }
  }
  return found;
}
