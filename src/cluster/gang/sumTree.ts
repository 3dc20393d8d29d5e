/** A sum over the leaves that a node of the tree covers. */
export interface SumNode {
  /** 0 for a single leaf; a node of level j covers up to 2ʲ leaves. */
  level: number;
  /** The node covers the leaves from index · 2ˡᵉᵛᵉˡ. */
  index: number;
  /** One sum per vector: float32 for a leaf as it was told, float64 otherwise. */
  vectors: (Float32Array | Float64Array)[];
}

/**
 * Adds vectors of N leaves pairwise in a fixed binary tree, in float64. Whoever adds which part of the tree, and in
 * whichever order the parts arrive, the sum has the same bits.
 */
export class SumTree {
  private readonly nodes = new Map<string, SumNode>();

  /** @param leaves N */
  constructor(private readonly leaves: number) {}

  /** Adds a node, whose vectors are given away, and joins it with its neighbour where both are there. */
  add(node: SumNode): void {
    let here = node;
    while (this.width(here.level) < this.leaves) {
      const { level, index } = here;
      const beside = index ^ 1;
      if (beside * this.width(level) < this.leaves) {
        const other = this.nodes.get(keyOf(level, beside));
        if (!other) break;
        this.nodes.delete(keyOf(level, beside));
        here = { ...here, vectors: here.vectors.map((vector, i) => added(vector, other.vectors[i])) };
      }
      here = { ...here, level: level + 1, index: index >> 1 };
    }
    this.nodes.set(keyOf(here.level, here.index), here);
  }

  /** The largest nodes that are known, from the first leaf to the last. */
  get parts(): SumNode[] {
    return [...this.nodes.values()].sort((a, b) => a.index * this.width(a.level) - b.index * this.width(b.level));
  }

  /** The sums over all leaves, in float32. @throws Error where a leaf is missing */
  get total(): Float32Array[] {
    const [root, ...rest] = this.nodes.values();
    if (!root || rest.length > 0 || this.width(root.level) < this.leaves) throw new Error('A shard gave no sum.');
    return root.vectors.map((vector) => (vector instanceof Float32Array ? vector : new Float32Array(vector)));
  }

  private width(level: number): number {
    return 2 ** level;
  }
}

const keyOf = (level: number, index: number) => `${level} ${index}`;

/** a + b in float64; takes the memory of a if it is float64 already. */
function added(a: Float32Array | Float64Array, b: Float32Array | Float64Array): Float64Array {
  const [sum, other] =
    a instanceof Float64Array ? [a, b] : b instanceof Float64Array ? [b, a] : [new Float64Array(a), b];
  for (let i = 0; i < sum.length; i++) sum[i] += other[i];
  return sum;
}
