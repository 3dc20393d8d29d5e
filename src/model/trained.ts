import { UserError } from '../errors';
import type { Classification } from './parameters';
import type { PreparedModel } from './prepared';

/**
 * Names of the parameters to train: all of them, or those that a glob matches. A name that is written out counts even
 * where the tensor was taken for a constant.
 * @throws UserError when nothing is left
 */
export function trainedNames({ classification }: PreparedModel, globs: readonly string[], path: string): string[] {
  const all = classification.filter(({ trained }) => trained).map(({ name }) => name);
  const isChosen = ({ name, trained }: Classification) => (trained ? matchesGlobs(name, globs) : globs.includes(name));
  const chosen = globs.length > 0 ? classification.filter(isChosen).map(({ name }) => name) : all;
  if (chosen.length > 0) return chosen;
  if (all.length === 0) {
    const what = 'The model has no trainable parameters.';
    throw new UserError({ what, where: [path], action: withoutParameters(classification) });
  }
  throw new UserError({
    what: `No parameter matches ${globs.join(', ')}.`,
    where: [path],
    action: `Its parameters are ${all.slice(0, 12).join(', ')}${all.length > 12 ? ', …' : ''}.`,
  });
}

/** What is to do where no tensor counts as a parameter. */
export function withoutParameters(classification: readonly Classification[]): string {
  const [first] = classification;
  return first
    ? `To train a tensor that was taken for a constant, name it: --parameters "${first.name}"; \`ridgeline inspect MODEL\` lists them with the reason.`
    : 'Its nodes read no floating-point tensor.';
}

/** Globs over parameter names, as in file names: `*` any characters, `?` one. */
export function matchesGlobs(name: string, globs: readonly string[]): boolean {
  return globs.some((glob) => {
    const pattern = glob
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.');
    return new RegExp(`^${pattern}$`).test(name);
  });
}
