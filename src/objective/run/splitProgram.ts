import { linearize } from '../../autodiff/linearize';
import type { Engine } from '../../engine/engine';
import type { Program, ProgramRequest } from '../../engine/program';
import type { Resident } from '../../engine/resident';
import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import { legalize } from '../../backend/legalize';
import type { Tensor } from '../../graph/tensor';
import { arrayType, sizeOf } from '../../graph/tensor';

/**
 * A graph that runs many times on the same batches, in two forms. For batches whose residuals are kept it is split in
 * two, so that values that are the same in every run are computed once; for the others it is whole. Each form is
 * compiled when it is first requested.
 */
export interface SplitProgram<Output extends Tensor | Resident = Resident> {
  /** data → residuals. Not needed where another program has already computed them. */
  primal(): Promise<Program<Resident>>;
  /** data, residuals, moving inputs → outputs */
  tangent(): Promise<Program<Output>>;
  /**
   * data, moving inputs → outputs in one graph. Intermediate results then need no memory of their own. On the host,
   * that memory would be touched for the first time in every run; on a device, the runtime would leak some hundred
   * bytes for it.
   */
  whole(): Promise<Program<Output>>;
  /** Names of the residuals of a batch, with their bytes. */
  residuals: ReadonlyMap<string, number>;
  release(): Promise<void>;
}

/** The graph to split: the inputs that stay the same for a batch in every run, those that move, and the constants. */
export interface SplitRequest extends ProgramRequest {
  moving: Readonly<Record<string, Value>>;
}

/** @param compile decides where the outputs of the moving half end up: on the host or where it runs */
export async function splitProgram<Output extends Tensor | Resident>(
  engine: Engine,
  g: GraphBuilder,
  { inputs, moving, outputs, constants }: SplitRequest,
  compile: (request: ProgramRequest) => Promise<Program<Output>>,
): Promise<SplitProgram<Output>> {
  const names = Object.keys(outputs);
  const fed = Object.values(moving);
  const fixed = new Set(constants.keys());
  // Operators are made legal before the split, so that values which legal forms prepare from the primal are kept too.
  const given = new Set([...Object.values(inputs), ...fixed]);
  const legal = legalize(g, Object.values(outputs), new Set([...given, ...fed]), {
    tangents: fed,
    constants: fixed,
    target: await engine.target(),
  });
  const { residuals } = linearize(legal, fed, given, fixed);
  const kept = Object.fromEntries(residuals.map((value) => [`r${value.id}`, value]));
  const results = Object.fromEntries(names.map((name, i) => [name, legal[i]]));
  const primal = lazily(() => engine.compileResident(g, { inputs, outputs: kept, constants }));
  const tangent = lazily(() => compile({ inputs: { ...inputs, ...kept, ...moving }, outputs: results, constants }));
  const whole = lazily(() => compile({ inputs: { ...inputs, ...moving }, outputs: results, constants }));
  return {
    primal: primal.get,
    tangent: tangent.get,
    whole: whole.get,
    residuals: new Map(Object.entries(kept).map(([name, value]) => [name, bytesOf(value)])),
    release: async () => {
      for (const each of [primal, tangent, whole]) await (await each.made())?.release();
    },
  };
}

const bytesOf = ({ dtype, shape }: Value) => sizeOf(shape) * arrayType(dtype).BYTES_PER_ELEMENT;

/** Defers `make` until its result is first requested. */
function lazily<T>(make: () => Promise<T>): { get: () => Promise<T>; made: () => Promise<T> | null } {
  let made: Promise<T> | null = null;
  return { get: () => (made ??= make()), made: () => made };
}
