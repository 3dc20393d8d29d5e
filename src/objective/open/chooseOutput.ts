import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import type { Value } from '../../graph/graph';
import { isFloat } from '../../graph/tensor';
import { chooseLoss } from './chooseLoss';
import type { LossChoice, LossWish } from './lossChoice';
import type { LoweredModel } from '../../model/lowered';

/**
 * Lists the outputs that a loss may read, in the order of the graph, or only the output that the user set.
 * @throws UserError when there is none
 */
export function floatOutputs(
  { outputs }: Pick<LoweredModel, 'outputs'>,
  wanted: string | null,
  path: string,
): [string, Value][] {
  const floats = Object.entries(outputs).filter(([, { dtype }]) => isFloat(dtype));
  if (floats.length === 0) {
    throw new UserError({ what: 'The model has no floating-point output that a loss could read.', where: [path] });
  }
  if (wanted === null) return floats;
  const found = floats.filter(([name]) => name === wanted);
  if (found.length > 0) return found;
  throw new UserError({
    what: `The model has no floating-point output «${wanted}».`,
    where: [path],
    action: `Its outputs are ${floats.map(([name]) => name).join(', ')}.`,
  });
}

/**
 * Chooses the first output, in the order of the graph, that the targets fit, and the loss for it. If whole numbers fit
 * one output as classes, they are not taken as values of another.
 */
export function chooseLossOutput(
  { g, axes }: Pick<LoweredModel, 'g' | 'axes'>,
  dataset: Dataset,
  outputs: readonly [string, Value][],
  wish: LossWish,
): { output: Value; choice: LossChoice } {
  const fitting: { name: string; output: Value; choice: LossChoice }[] = [];
  let first: unknown;
  for (const [name, output] of outputs) {
    try {
      fitting.push({ name, output, choice: chooseLoss(g, dataset, { name, value: output, axes: axes?.[name] }, wish) });
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault;
      first ??= fault;
    }
  }
  if (fitting.length === 0) throw first;
  const likely = fitting.filter((fit) => !takesClassesForValues(fit.choice));
  // Targets that no input uses are meant for the loss, so an output whose loss reads them comes first.
  const { name, output, choice } = likely.find((fit) => fit.choice.target) ?? likely[0] ?? fitting[0];
  const notes = outputs.length > 1 ? [readNote(name, outputs)] : [];
  return { output, choice: { ...choice, notes: [...notes, ...choice.notes] } };
}

/** Whether a loss of values was guessed although all targets are whole numbers. */
function takesClassesForValues({ loss, target, guessed }: LossChoice): boolean {
  if (!guessed || loss !== 'mse' || !target) return false;
  return Array.prototype.every.call(target.data, (value: number | bigint) => Number.isInteger(Number(value)));
}

function readNote(name: string, outputs: readonly [string, Value][]): string {
  const others = outputs.map(([other]) => other).filter((other) => other !== name);
  return `The loss reads the output «${name}». To use ${others.join(', ')}, name it with --loss-output.`;
}
