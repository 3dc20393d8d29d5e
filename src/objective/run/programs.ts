import { biases } from '../../rewrite/biases';
import { collapse } from '../../rewrite/collapse';
import { selections } from '../../rewrite/selections';
import { smoothPiece } from '../../graph/smoothPiece';
import { vmap } from '../../autodiff/vmap';
import type { Engine } from '../../engine/engine';
import type { Program, ProgramRequest } from '../../engine/program';
import type { Resident } from '../../engine/resident';
import type { Value } from '../../graph/graph';
import { replay, withQuickerForms } from '../../graph/replay';
import type { Tensor } from '../../graph/tensor';
import { lossRounding } from '../../loss/rounding';
import type { InsideGraph } from '../../inside/insideGraph';
import { insideGraph } from '../../inside/insideGraph';
import { ProgramCache } from './programCache';
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
import { WEIGHTS, gaussNewtonProduct, gradient, hessianProduct, insideOf, lossSums, unflatten } from './lossGraph';

type Compiled = Program | Program<Resident> | SplitProgram | SplitProgram<Tensor>;

/** Where a program computes: at θ, with the weights as constants in it, or at any point, which is then an input. */
export type PointOfProducts = 'theta' | 'elsewhere';

/** Compiles the graphs of a loss, each when it is first needed. */
export class LossPrograms {
  private readonly cache: ProgramCache;
  /** Programs for sums, by number of vectors. They hold no weights, so they do not count towards the memory budget. */
  private readonly sums = new Map<number, Promise<SumPrograms>>();

  private insideFigures: { graph: InsideGraph | null } | null = null;

  constructor(
    readonly graph: LossGraph,
    private readonly engine: Engine,
    programBytes: number,
  ) {
    this.cache = new ProgramCache(programBytes);
  }

  /** Absolute rounding error of a sample's loss, in addition to the relative one. */
  get lossUnit(): number {
    return lossRounding(this.graph.head.perSample);
  }

  /** Factor from the wrong answers of a sample to its part of the 0–1 error; null where the targets are not classes. */
  get answerShare(): number | null {
    return this.graph.head.answers?.share ?? null;
  }

  /** data → loss, square, correct: weighted sums over the batch at θ. */
  value = () => this.once('value', () => this.engine.compile(this.graph.g, { ...this.ports, outputs: this.losses() }));

  /** data → gradient, [dim]; elsewhere theta, [dim], is an input too */
  gradient = (place: PointOfProducts = 'theta') =>
    this.once(
      `gradient ${place}`,
      () => this.engine.compile(this.graph.g, this.requestAt(place, { gradient: gradient(this.graph) })),
      place === 'theta' ? 1 : 0,
      place === 'theta' ? 1 : 2,
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

  /** data → figures of what happens inside the network, or null where no product with weights reaches the prediction. */
  inside = () => {
    const { g } = this.graph;
    this.insideFigures ??= { graph: insideGraph(insideOf(this.graph)) };
    const { graph } = this.insideFigures;
    if (!graph) return null;
    const { figures, ...layout } = graph;
    const program = this.once('inside', () => this.engine.compile(g, { ...this.ports, outputs: { figures } }));
    return { layout, program };
  };

  /** Like `plane`, but on the smooth piece that θ lies on, and with the loss as only output. */
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

  /**
   * vectors [count, dim], data → slopes and curvatures of each sample along each vector, [count, batchSize]; elsewhere
   * theta, [dim], is an input too
   */
  sampleCurvature = (kind: ProductKind, count: number, place: PointOfProducts = 'theta') =>
    this.once(
      `sampleCurvature ${kind} ${count} ${place}`,
      () => {
        const { g, dim } = this.graph;
        const v = g.input('v', 'float32', [dim]);
        const vectors = g.input('vectors', 'float32', [count, dim]);
        const single = sampleCurvature(this.graph, kind, v);
        const stacked = vmap(g, Object.values(single), new Map([[v, vectors]]), count);
        return this.engine.compile(g, this.requestAt(place, named(Object.keys(single), stacked), { vectors }));
      },
      place === 'theta' ? 1 : 0,
      place === 'theta' ? count : count + 1,
    );

  /**
   * data → losses of the samples, [batchSize], with confidence and wrong answers, [batchSize, positions], where the
   * targets are classes; elsewhere theta, [dim], is an input too
   */
  perSample = (place: PointOfProducts = 'theta') =>
    this.once(
      `perSample ${place}`,
      () => {
        const { perSample: losses, answers } = this.graph.head;
        const outputs: Record<string, Value> = answers
          ? { losses, confidence: answers.confidence, wrong: answers.wrong }
          : { losses };
        return this.engine.compile(this.graph.g, this.requestAt(place, outputs));
      },
      place === 'theta' ? 1 : 0,
      place === 'theta' ? 0 : 1,
    );

  /**
   * data, theta [dim], vectors [count, dim] → products at theta. It is one graph: writing residuals to memory would not
   * pay off for a point that is soon left.
   */
  productsAt = (kind: ProductKind, count: number) =>
    this.once(
      `${kind} ${count} elsewhere`,
      () => {
        const { g, dim } = this.graph;
        const vectors = g.input('vectors', 'float32', [count, dim]);
        const outputs = { products: this.product(kind, vectors) };
        return this.engine.compileResident(g, this.requestAt('elsewhere', outputs, { vectors }));
      },
      0,
      count + 1,
    );

  /** Makes an empty sum in a lane for the outputs of `products` and `productsAt`. */
  async sum(count: number, lane: number): Promise<VectorSum> {
    if (!this.engine.onDevice) return new HostSum();
    const known = this.sums.get(count);
    const programs = known ?? sumPrograms(this.engine, count > 1 ? [count, this.graph.dim] : [this.graph.dim]);
    this.sums.set(count, programs);
    return new DeviceSum(await programs, lane);
  }

  /** [count, dim] → [count, dim], or one vector [dim]: the primal values and the tangents in one graph. */
  private product(kind: ProductKind, vectors: Value): Value {
    const { g, dim } = this.graph;
    const v = g.input('v', 'float32', [dim]);
    const derived = kind === 'hessian' ? hessianProduct(this.graph, v) : gaussNewtonProduct(this.graph, v);
    const [single] = biases(g, collapse(g, selections(g, [derived], [v]), [v]), [v]);
    if (vectors.shape[0] > 1) return vmap(g, [single], new Map([[v, vectors]]), vectors.shape[0])[0];
    // A leading axis of one would add a reshape around most operators, and the last of them copies the whole result.
    return replay(g, [single], new Map([[v, g.reshape(vectors, [dim])]]))[0];
  }

  private compileProducts(kind: ProductKind, count: number): Promise<SplitProgram> {
    const { g, dim } = this.graph;
    const vectors = g.input('vectors', 'float32', [count, dim]);
    const request = { ...this.ports, moving: { vectors }, outputs: { products: this.product(kind, vectors) } };
    // These transposes already stand where K vectors in a row are moved least, so they stay. In losses and gradients,
    // the transposes around each convolution of a model in another layout meet, and the runtime cancels them.
    const compile = (half: ProgramRequest) => this.engine.compileResident(g, { ...half, transposesStay: true });
    return splitProgram(this.engine, g, request, compile);
  }

  /** Splits a program whose outputs come back to the host. */
  private split(request: SplitRequest): Promise<SplitProgram<Tensor>> {
    const { g } = this.graph;
    return splitProgram(this.engine, g, request, (half) => this.engine.compile(g, half));
  }

  /** Builds the inputs of a point θ + α·d₁ + β·d₂, and the value of each parameter there. */
  private pointOfPlane() {
    const { g, dim } = this.graph;
    const flat = (name: string) => g.input(name, 'float32', [dim]);
    const [theta, d1, d2] = [flat('theta'), flat('d1'), flat('d2')];
    const [alpha, beta] = [g.input('alpha', 'float32', []), g.input('beta', 'float32', [])];
    const point = g.add(g.add(theta, g.mul(alpha, d1)), g.mul(beta, d2));
    return { moving: { theta, d1, d2, alpha, beta }, moved: this.parametersAt(point) };
  }

  /** The value of each parameter at a point, [dim]. */
  private parametersAt(point: Value): Map<Value, Value> {
    const { parameters } = this.graph;
    return new Map(unflatten(this.graph, point).map((value, i) => [parameters[i].value, value]));
  }

  /**
   * The compile request for outputs at a place: elsewhere, `theta` is an additional input and no weight is a constant.
   */
  private requestAt(
    place: PointOfProducts,
    outputs: Readonly<Record<string, Value>>,
    more: Readonly<Record<string, Value>> = {},
  ): ProgramRequest {
    const inputs = { ...this.ports.inputs, ...more };
    if (place === 'theta') return { ...this.ports, inputs, outputs };
    const { g, dim } = this.graph;
    const theta = g.input('theta', 'float32', [dim]);
    const moved = replay(g, Object.values(outputs), this.parametersAt(theta));
    return { inputs: { ...inputs, theta }, outputs: named(Object.keys(outputs), moved), constants: new Map() };
  }

  private get ports() {
    const { data, weights, parameters } = this.graph;
    return {
      inputs: { ...data, [WEIGHTS]: weights },
      constants: new Map<Value, Tensor>(parameters.map(({ value, tensor }) => [value, tensor])),
    };
  }

  private losses(): Record<string, Value> {
    const { loss, square, correct, squaredError, ofSquares } = lossSums(this.graph);
    const squares: Record<string, Value> = ofSquares
      ? { squareLoss: ofSquares.loss, squareSquare: ofSquares.square }
      : {};
    const sums = {
      loss,
      square,
      ...(correct ? { correct } : {}),
      ...(squaredError ? { squaredError } : {}),
      ...squares,
    };
    // Other devices lack these operators, or need their weights to be constants.
    if (this.engine.options.provider !== 'cpu') return sums;
    return named(Object.keys(sums), withQuickerForms(this.graph.g, Object.values(sums)));
  }

  private once<T extends Compiled>(key: string, make: () => Promise<T>, sessions = 1, count = 0): Promise<T> {
    return this.cache.get(key, this.engine.lanes * sessionBytes(this.graph.dim, sessions, count), make);
  }
}

const named = (names: readonly string[], values: readonly Value[]) =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));
