import type { Tensor } from '../graph/tensor';
import { tensor, written } from '../graph/tensor';
import type { InputWish } from '../options/options';
import type { InputSpec } from './dataset';
import { withoutValue } from './match';
import { writtenValue } from './shared';
import { valueOf } from './wish';

/** Values of inputs that do not come from data. */
export interface WrittenInputs {
  /** One value for all samples, in the input's own shape. */
  shared: Record<string, Tensor>;
  /** One value for each sample, [samples, …]. */
  inputs: Record<string, Tensor>;
}

/** Collects the values that the user wrote out for inputs and skips keys of data. */
export function writtenInputs(
  specs: readonly InputSpec[],
  wishes: Readonly<Record<string, InputWish>>,
  samples: number,
): WrittenInputs {
  const found: WrittenInputs = { shared: nameless(), inputs: nameless() };
  for (const spec of specs) {
    const value = Object.hasOwn(wishes, spec.name) ? valueOf(wishes[spec.name]) : null;
    if (!value) continue;
    const given = writtenValue(value, spec, samples, { path: `--input ${spec.name}`, notes: [] });
    if ('shared' in given) found.shared[spec.name] = given.shared;
    else found.inputs[spec.name] = given.inputs;
  }
  return found;
}

/**
 * Sets the options of a model that runs on random inputs. Options without a given or default value become 1, or false.
 * @param deciding inputs that decide a branch or a number of steps, so that each of their values gives another model
 * @throws UserError naming the deciding inputs without a value
 */
export function optionsBesideRandom(
  specs: readonly InputSpec[],
  deciding: ReadonlySet<string>,
  path: string,
): { shared: Record<string, Tensor>; notes: string[] } {
  const open = specs.filter(
    ({ shape, sharing }) => sharing === 'always' || (sharing === 'likely' && shape.length === 1 && shape[0] === 1),
  );
  const undecided = open.filter(
    ({ name, zeroByDefault, byDefault }) => deciding.has(name) && !zeroByDefault && !byDefault,
  );
  if (undecided.length > 0) throw withoutValue(undecided, path);
  const shared: Record<string, Tensor> = nameless();
  const notes: string[] = [];
  for (const { name, dtype, shape, zeroByDefault, byDefault } of open) {
    shared[name] = byDefault ?? tensor(dtype, shape as readonly number[], [dtype === 'bool' || zeroByDefault ? 0 : 1]);
    if (!zeroByDefault) notes.push(`«${name}» is taken as ${written(shared[name])}; --input ${name}=VALUE sets it.`);
  }
  return { shared, notes };
}

/** Creates a record without a prototype, because an input may have the name of a property that every object has. */
const nameless = () => Object.create(null) as Record<string, Tensor>;
