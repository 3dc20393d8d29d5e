import type { Tensor } from '../graph/tensor';
import { tensor, written } from '../graph/tensor';
import type { InputWish } from '../options/options';
import type { InputSpec } from './dataset';
import { withoutValue } from './match';
import { writtenValue } from './shared';
import { valueOf } from './wish';

/** Values of inputs that no data give. */
export interface WrittenInputs {
  /** One for all samples, in the input's own shape. */
  shared: Record<string, Tensor>;
  /** [samples, …] */
  inputs: Record<string, Tensor>;
}

/** The values that a person wrote out for inputs; keys of data are passed over. */
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
 * Options beside random inputs: 1, or false, where nobody wrote a value.
 * @param deciding inputs that decide a branch or a number of steps: any value of theirs would stand for another model
 * @throws UserError naming those of them without a value
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

/** An input may be called like a property that every object has. */
const nameless = () => Object.create(null) as Record<string, Tensor>;
