import type { Engine } from '../../engine/engine';
import type { Program } from '../../engine/program';
import type { Resident } from '../../engine/resident';
import { GraphBuilder } from '../../graph/builder';
import type { Tensor } from '../../graph/tensor';
import { sizeOf } from '../../graph/tensor';
import type { VectorSum } from './vectorSum';

/** The programs that sums of one shape need, compiled once for all of them. */
export interface SumPrograms {
  /** The initial low parts, all zero, in each lane. */
  zeros: readonly Resident[];
  /** high, low, terms → newHigh, newLow */
  add: Program<Resident>;
  /** high, low → sum, on the host */
  total: Program;
}

/** Largest finite float32 number; anything above it rounds to ∞. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * A sum of float32 vectors on a device without float64. It is kept as high + low, where low collects what each addition
 * rounds away (Knuth's two-sum, exact in six operations):
 *   s = a + b,   r = s − a,   e = (a − (s − r)) + (b − r),   a + b = s + e
 * The low parts are themselves summed in float32: for n terms the error is about n·2⁻⁴⁸ of the sum of their sizes.
 * Where `s` is not finite, the result is `s`, because e is then NaN.
 * @see Knuth, The Art of Computer Programming 2, §4.2.2, Theorem B; Ogita, Rump & Oishi 2005, doi:10.1137/030601818
 */
export class DeviceSum implements VectorSum {
  private high: Resident | null = null;
  private low: Resident | null = null;

  constructor(
    private readonly programs: SumPrograms,
    private readonly lane = 0,
  ) {}

  async add(terms: Resident): Promise<void> {
    if (!this.high) {
      this.high = terms;
      return;
    }
    try {
      const { newHigh, newLow } = await this.programs.add.run(
        { high: this.high, low: this.lowOrZeros, terms },
        this.lane,
      );
      this.dispose();
      [this.high, this.low] = [newHigh, newLow];
    } finally {
      terms.dispose();
    }
  }

  async result(): Promise<Float32Array> {
    if (!this.high) throw new Error('There is no batch to sum.');
    const { sum } = await this.programs.total.run({ high: this.high, low: this.lowOrZeros }, this.lane);
    return sum.data as Float32Array;
  }

  dispose(): void {
    this.high?.dispose();
    this.low?.dispose();
    this.high = this.low = null;
  }

  private get lowOrZeros(): Resident {
    return this.low ?? this.programs.zeros[this.lane];
  }
}

/** Compiles the programs for sums of vectors of this shape. The engine disposes of them. */
export async function sumPrograms(engine: Engine, shape: readonly number[]): Promise<SumPrograms> {
  const g = new GraphBuilder();
  const input = (name: string) => g.input(name, 'float32', shape);
  const [high, low, terms] = [input('high'), input('low'), input('terms')];
  const s = g.add(high, terms);
  const r = g.sub(s, high);
  const rounded = g.add(g.sub(high, g.sub(s, r)), g.sub(terms, r));
  const add = await engine.compileResident(g, {
    inputs: { high, low, terms },
    outputs: { newHigh: s, newLow: g.add(low, rounded) },
    constants: new Map(),
  });
  const finite = g.less(g.max(high, g.neg(high)), g.like(high, LARGEST));
  const sum = g.where(finite, g.add(high, low), high);
  const total = await engine.compile(g, { inputs: { high, low }, outputs: { sum }, constants: new Map() });
  const zero: Tensor = { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
  const zeros: Resident[] = [];
  for (let lane = 0; lane < engine.lanes; lane++) zeros.push(await engine.upload(zero, lane));
  return { zeros, add, total };
}
