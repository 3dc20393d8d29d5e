import { biases } from '../../rewrite/biases';
import { collapse } from '../../rewrite/collapse';
import { selections } from '../../rewrite/selections';
import { smoothPiece } from '../../graph/smoothPiece';
import { vmap } from '../../autodiff/vmap';
import type { Engine } from '../../engine/engine';
import type { Program, ProgramRequest } from '../../engine/program';
import type { Resident } from '../../engine/resident';
import type { Value } from '../../graph/graph';
import { replay, withWholeOperators } from '../../graph/replay';
import type { Tensor } from '../../graph/tensor';
import { lossRounding } from '../../loss/rounding';
import { DeviceSum, sumPrograms } from './deviceSum';
import type { SumPrograms } from './deviceSum';
import type { LossGraph } from './lossGraph';
import { PRODUCT_SESSIONS, sessionBytes } from '../resources/memoryPlan';
import type { ProductKind } from '../objective';
import { sampleCurvature } from './sampleCurvature';
import type { SplitProgram, SplitRequest } from './splitProgram';
import { splitProgram } from './splitProgram';
import type { VectorSum } from './vectorSum';
import { HostSum } from './vectorSum';
import { WEIGHTS, gaussNewtonProduct, gradient, hessianProduct, lossSums, unflatten } from './lossGraph';

type Compiled = Program | Program<Resident> | SplitProgram | SplitProgram<Tensor>;

/**
 * Compiles the graphs of a loss, each when it is first needed. A session holds copies of the weights: when all together
 * exceed the budget, those used longest ago are released. One call asks for programs at a time, so the latest is never
 * among them.
 */
export class LossPrograms {
  /** In the order of their last use. */
  private readonly compiled = new Map<string, { program: Promise<Compiled>; bytes: number }>();
  /** By number of vectors. They hold no weights and are not counted. */
  private readonly sums = new Map<number, Promise<SumPrograms>>();

  constructor(
    readonly graph: LossGraph,
    private readonly engine: Engine,
    private readonly programBytes: number,
  ) {}

  /** Absolute rounding error of a sample's loss, beside the roundings relative to it. */
  get lossUnit(): number {
    return lossRounding(this.graph.head.perSample);
  }

  /** data → loss, square, correct: weighted sums over the batch at θ. */
  value = () => this.once('value', () => this.engine.compile(this.graph.g, { ...this.ports, outputs: this.losses() }));

  /** data → gradient, [dim] */
  gradient = () =>
    this.once(
      'gradient',
      () => this.engine.compile(this.graph.g, { ...this.ports, outputs: { gradient: gradient(this.graph) } }),
      1,
      1,
    );

  /** theta, d1, d2 [dim], alpha, beta, data → sums at θ + α·d₁ + β·d₂ */
  plane = () =>
    this.once(
      'plane',
      () => {
        const { moving, moved } = this.pointOfPlane();
        const sums = this.losses();
        const outputs = named(Object.keys(sums), replay(this.graph.g, Object.values(sums), moved));
        return this.split({ ...this.ports, moving, outputs, constants: new Map() });
      },
      0,
      1,
    );

  /** The same, on the smooth piece that θ lies on: the loss alone. */
  piece = () =>
    this.once(
      'piece',
      () => {
        const { moving, moved } = this.pointOfPlane();
        const [loss] = smoothPiece(this.graph.g, [lossSums(this.graph).loss], moved);
        return this.split({ ...this.ports, moving, outputs: { loss } });
      },
      PRODUCT_SESSIONS,
      1,
    );

  /** Products of `count` vectors at once. */
  products = (kind: ProductKind, count: number) =>
    this.once(`${kind} ${count}`, () => this.compileProducts(kind, count), PRODUCT_SESSIONS, count);

  /** vectors [count, dim], data → slopes and curvatures of each sample along each vector, [count, batchSize]. */
  sampleCurvature = (kind: ProductKind, count: number) =>
    this.once(
      `sampleCurvature ${kind} ${count}`,
      () => {
        const { g, dim } = this.graph;
        const v = g.input('v', 'float32', [dim]);
        const vectors = g.input('vectors', 'float32', [count, dim]);
        const single = sampleCurvature(this.graph, kind, v);
        const stacked = vmap(g, Object.values(single), new Map([[v, vectors]]), count);
        const inputs = { ...this.ports.inputs, vectors };
        return this.engine.compile(g, { ...this.ports, inputs, outputs: named(Object.keys(single), stacked) });
      },
      1,
      count,
    );

  /**
   * data, theta [dim], vectors [count, dim] → products at θ = theta, for points beside the one the weights stand at. In one
   * graph: what would be residuals never leaves it.
   */
  productsAt = (kind: ProductKind, count: number) =>
    this.once(
      `${kind} ${count} at theta`,
      async () => {
        const { g, parameters, dim } = this.graph;
        const theta = g.input('theta', 'float32', [dim]);
        const vectors = g.input('vectors', 'float32', [count, dim]);
        const replaced = new Map(unflatten(this.graph, theta).map((value, i) => [parameters[i].value, value]));
        const outputs = replay(g, [this.product(kind, vectors)], replaced);
        const inputs = { ...this.ports.inputs, theta, vectors };
        return this.engine.compileResident(g, { inputs, outputs: { products: outputs[0] }, constants: new Map() });
      },
      0,
      count + 1,
    );

  /** An empty sum of what `products` and `productsAt` give in a lane. */
  async sum(count: number, lane: number): Promise<VectorSum> {
    if (!this.engine.onDevice) return new HostSum();
    const known = this.sums.get(count);
    const programs = known ?? sumPrograms(this.engine, count > 1 ? [count, this.graph.dim] : [this.graph.dim]);
    this.sums.set(count, programs);
    return new DeviceSum(await programs, lane);
  }

  /** [count, dim] → [count, dim], of one vector [dim]: the primal values and the tangents in one graph. */
  private product(kind: ProductKind, vectors: Value): Value {
    const { g, dim } = this.graph;
    const v = g.input('v', 'float32', [dim]);
    const derived = kind === 'hessian' ? hessianProduct(this.graph, v) : gaussNewtonProduct(this.graph, v);
    const [single] = biases(g, collapse(g, selections(g, [derived], [v]), [v]), [v]);
    if (vectors.shape[0] > 1) return vmap(g, [single], new Map([[v, vectors]]), vectors.shape[0])[0];
    // A leading axis of one would only cost: a reshape around most operators, the last of them a copy of the whole.
    return replay(g, [single], new Map([[v, g.reshape(vectors, [dim])]]))[0];
  }

  private compileProducts(kind: ProductKind, count: number): Promise<SplitProgram> {
    const { g, dim } = this.graph;
    const vectors = g.input('vectors', 'float32', [count, dim]);
    const request = { ...this.ports, moving: { vectors }, outputs: { products: this.product(kind, vectors) } };
    // Their transposes stand where K vectors in a row are moved least. Those of a model in another layout, around each of its
    // convolutions, meet in losses and gradients, where the runtime cancels them.
    const compile = (half: ProgramRequest) => this.engine.compileResident(g, { ...half, transposesStay: true });
    return splitProgram(this.engine, g, request, compile);
  }

  /** Its outputs come back to the host. */
  private split(request: SplitRequest): Promise<SplitProgram<Tensor>> {
    const { g } = this.graph;
    return splitProgram(this.engine, g, request, (half) => this.engine.compile(g, half));
  }

  /** Inputs of a point θ + α·d₁ + β·d₂ and what stands there in for each parameter. */
  private pointOfPlane() {
    const { g, parameters, dim } = this.graph;
    const flat = (name: string) => g.input(name, 'float32', [dim]);
    const [theta, d1, d2] = [flat('theta'), flat('d1'), flat('d2')];
    const [alpha, beta] = [g.input('alpha', 'float32', []), g.input('beta', 'float32', [])];
    const point = g.add(g.add(theta, g.mul(alpha, d1)), g.mul(beta, d2));
    const moved = new Map(unflatten(this.graph, point).map((value, i) => [parameters[i].value, value]));
    return { moving: { theta, d1, d2, alpha, beta }, moved };
  }

  private get ports() {
    const { data, weights, parameters } = this.graph;
    return {
      inputs: { ...data, [WEIGHTS]: weights },
      constants: new Map<Value, Tensor>(parameters.map(({ value, tensor }) => [value, tensor])),
    };
  }

  private losses(): Record<string, Value> {
    const { loss, square, correct, ofSquares } = lossSums(this.graph);
    const squares: Record<string, Value> = ofSquares
      ? { squareLoss: ofSquares.loss, squareSquare: ofSquares.square }
      : {};
    const sums = { loss, square, ...(correct ? { correct } : {}), ...squares };
    // Other devices have no such operators, or want their weights constant.
    if (this.engine.options.provider !== 'cpu') return sums;
    return named(Object.keys(sums), withWholeOperators(this.graph.g, Object.values(sums)));
  }

  private async once<T extends Compiled>(key: string, make: () => Promise<T>, sessions = 1, count = 0): Promise<T> {
    const bytes = this.engine.lanes * sessionBytes(this.graph.dim, sessions, count);
    const known = this.compiled.get(key);
    this.compiled.delete(key);
    if (!known) await this.makeRoom(bytes);
    const entry = known ?? { program: make(), bytes };
    this.compiled.set(key, entry);
    return entry.program as Promise<T>;
  }

  private async makeRoom(bytes: number): Promise<void> {
    let total = [...this.compiled.values()].reduce((sum, entry) => sum + entry.bytes, bytes);
    for (const [key, entry] of this.compiled) {
      if (total <= this.programBytes) return;
      this.compiled.delete(key);
      total -= entry.bytes;
      await (await entry.program).release();
    }
  }
}

const named = (names: readonly string[], values: readonly Value[]) =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));
