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
 * A graph that is run again and again on the same batches, in two ways: cut in two for batches of which is kept what is the
 * same in every run, and whole for the others. Each is made when it is first asked for.
 */
export interface SplitProgram<Output extends Tensor | Resident = Resident> {
  /** data → residuals. Another program may have left them already. */
  primal(): Promise<Program<Resident>>;
  /** data, residuals, what moves → outputs */
  tangent(): Promise<Program<Output>>;
  /**
   * data, what moves → outputs in one graph: what never leaves it takes no memory of its own, which on the host is touched
   * for the first time in every run, and for which on a device the runtime loses some hundred bytes for good.
   */
  whole(): Promise<Program<Output>>;
  /** Names of the residuals of a batch, with their bytes. */
  residuals: ReadonlyMap<string, number>;
  release(): Promise<void>;
}

/** What to split: the inputs that are the same for a batch in every run, those that move, and what never changes. */
export interface SplitRequest extends ProgramRequest {
  moving: Readonly<Record<string, Value>>;
}

/** @param compile how what moves ends: on the host or where it runs */
export async function splitProgram<Output extends Tensor | Resident>(
  engine: Engine,
  g: GraphBuilder,
  { inputs, moving, outputs, constants }: SplitRequest,
  compile: (request: ProgramRequest) => Promise<Program<Output>>,
): Promise<SplitProgram<Output>> {
  const names = Object.keys(outputs);
  const fed = Object.values(moving);
  const fixed = new Set(constants.keys());
  // Made legal before it is split, so that what legal forms prepare of the primal values is kept as well.
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

/** Made when it is first asked for. */
function lazily<T>(make: () => Promise<T>): { get: () => Promise<T>; made: () => Promise<T> | null } {
  let made: Promise<T> | null = null;
  return { get: () => (made ??= make()), made: () => made };
}
