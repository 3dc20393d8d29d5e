import type { Dataset } from '../../data/dataset';
import type { TargetNeed } from '../../data/targets';
import { prepareTarget, targetFacts } from '../../data/targets';
import { UserError } from '../../errors';
import type { GraphBuilder } from '../../graph/builder';
import type { Value } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import { sizeOf, tensor } from '../../graph/tensor';
import type { Chance } from '../../loss/chanceLoss';
import { chanceOf } from '../../loss/chanceLoss';
import type { ClassAxisChoice } from '../../loss/classAxis';
import { chooseClassAxis } from '../../loss/classAxis';
import { guessLoss } from '../../loss/guess';
import type { Prediction } from '../../loss/prediction';
import type { LossName } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { classRows } from './classRows';
import { DRAWN, drawTargets } from './generatedTargets';
import { graphClues } from './guessFor';
import { untoldLoss } from './untoldLoss';
import type { WrittenAxes } from '../../model/writtenAxes';
import { axisMeant, axisWritten } from '../../model/writtenAxes';

/** Which loss is taken of which output, and its targets in the form it wants. */
export interface LossChoice {
  loss: LossName;
  /** Nobody asked for it. */
  guessed: boolean;
  outputName: string;
  /** What that output is. */
  prediction: Prediction;
  /** [N, …] of the whole data set; null for `output`. */
  target: Tensor | null;
  classAxis: number;
  classes: number | null;
  /** What the best answer that ignores the input reaches; null where there is none. */
  chance: Chance | null;
  /** The targets are those of the next position. */
  shifted: boolean;
  /** Positions with a target, per sample on average; null: all. */
  positions: number | null;
  notes: string[];
}

/** What a person may say about the loss. */
export type LossWish = Pick<ResolvedOptions, 'loss' | 'classAxis' | 'shiftLabels' | 'ignoreIndex' | 'seed'>;

/** An output of the model, [batch, …]. */
export interface ModelOutput {
  name: string;
  value: Value;
  axes?: WrittenAxes;
}

const CLASSIFICATION: readonly LossName[] = ['cross_entropy', 'nll'];
const BINARY: readonly LossName[] = ['bce', 'bce_with_logits'];

/** @throws UserError when the loss cannot be told or the targets do not fit it */
export function chooseLoss(
  g: GraphBuilder,
  dataset: Dataset,
  { name: outputName, value: output, axes }: ModelOutput,
  wish: LossWish,
): LossChoice {
  const { loss: wanted, ignoreIndex } = wish;
  const clues = graphClues(g, output);
  const { prediction } = clues;
  const askedAxis = wish.classAxis === null ? null : axisMeant(wish.classAxis, output.shape.length, axes, outputName);
  // A model's own answers say nothing about the loss it was trained with.
  const labels = dataset.generated || dataset.targetIsModelOutput ? null : dataset.target;
  const facts = labels && targetFacts(withoutIgnored(labels, ignoreIndex));
  const guess = wanted
    ? { loss: wanted, reason: 'asked for', unfounded: false }
    : guessLoss({ ...clues, classAxis: askedAxis, target: facts });
  if (!guess) {
    const where = [dataset.source, `output «${outputName}» [${output.shape.join(', ')}]`];
    if (labels) {
      const choice = chooseClassAxis({ ...clues, targetShape: labels.shape, wanted: askedAxis });
      const given = { output: output.shape, name: outputName, choice, ignored: ignoreIndex };
      const { what, action } = untoldLoss(labels, given);
      throw new UserError({ what, where, action: dataset.targetHint ? `${action} ${dataset.targetHint}` : action });
    }
    throw new UserError({
      what: 'The loss cannot be told from the model alone.',
      where,
      action: 'Name it with --loss cross_entropy, mse, bce, …',
    });
  }
  const { loss } = guess;
  const notes = wanted ? [] : [`Loss ${loss}, guessed from ${guess.reason}.`];
  if (guess.unfounded) {
    notes.push(
      `Nothing says that the numbers of «${outputName}» are classes, and there are no targets: for an embedding or other values, take --loss mse, or give targets.`,
    );
  }
  const whole = { shifted: false, positions: null };
  const read = { loss, guessed: !wanted, outputName, prediction, classAxis: 1 };
  const none = { ...read, classes: null, chance: null, ...whole, notes };
  if (wish.shiftLabels && (!CLASSIFICATION.includes(loss) || output.shape.length < 3)) {
    throw new UserError({
      what: `Labels can be shifted along tokens only, but «${outputName}» is [${output.shape.join(', ')}] and the loss ${loss}.`,
      action: 'Leave --shift-labels out, or name the output of the tokens with --loss-output NAME.',
    });
  }
  if (askedAxis !== null && !CLASSIFICATION.includes(loss)) {
    throw new UserError({
      what: `--class-axis has no meaning for the loss ${loss}, which tells no classes apart.`,
      action: 'Leave it out, or choose --loss cross_entropy or nll.',
    });
  }
  if (loss === 'output') {
    if (labels) notes.push('The targets are not read: the loss is what the graph gives.');
    return { ...none, target: null };
  }
  if (output.shape.length === 0) {
    throw new UserError({
      what: `«${outputName}» is one number for all samples; ${loss} compares each sample with its target.`,
      where: [dataset.source],
      action: 'Take it as the loss with --loss output, or name another output with --loss-output NAME.',
    });
  }
  if (!dataset.target) {
    throw new UserError({
      what: `The data have no targets, which ${loss} needs.`,
      where: [dataset.source],
      action: 'Add an array «target», or name one with --target KEY.',
    });
  }
  const drawn = dataset.generated && !CLASSIFICATION.includes(loss);
  if (drawn) notes.push(DRAWN);
  const targets = drawn ? drawTargets(dataset.target, loss, wish.seed) : dataset.target;
  const isClassification = CLASSIFICATION.includes(loss);
  const asked = { ...clues, wanted: askedAxis };
  // Targets with one number per class do not tell by their shape which axis the classes are on.
  const known = askedAxis !== null || prediction.classAxis !== null;
  const rows = isClassification
    ? classRows(targets, output.shape, {
        axis: chooseClassAxis({ ...asked, targetShape: null }).axis,
        known,
        written: (each) => axisWritten(each, axes),
      })
    : null;
  const chosen = isClassification ? chooseClassAxis({ ...asked, targetShape: rows ? null : targets.shape }) : null;
  const axis = rows?.classAxis ?? chosen?.axis ?? 1;
  if (chosen && askedAxis !== null && !rows && !chosen.fits) {
    const positions = [targets.shape[0], ...output.shape.filter((_, i) => i !== 0 && i !== axis)];
    throw new UserError({
      what: `With classes on axis ${wish.classAxis} of «${outputName}», class indices [${positions.join(', ')}] are needed; the targets are [${targets.shape.join(', ')}].`,
      where: [dataset.source],
      action: 'Choose another --class-axis, or leave it out, or name other targets with --target KEY.',
    });
  }
  if (chosen) notes.push(...axisNotes(chosen, { prediction, outputName, axes, shape: output.shape }));
  const need = targetNeed(loss, output.shape, axis, ignoreIndex);
  const prepared = prepareTarget(rows?.target ?? targets, need, {
    where: dataset.source,
    isModelOutput: dataset.generated || dataset.targetIsModelOutput,
  });
  const target = wish.shiftLabels ? withoutFirst(prepared.target) : prepared.target;
  const ignored = target.dtype === 'int64' ? countOf(target, ignoreIndex) : 0;
  if (ignored === target.data.length) {
    throw new UserError({ what: `Every target is ${ignoreIndex}, which means none.`, where: [dataset.source] });
  }
  if (ignored > 0) notes.push(`${ignored} of ${target.data.length} targets are ${ignoreIndex} and left out.`);
  const classes = need.kind === 'classes' ? need.classes : null;
  const named = dataset.classNames?.length ?? Infinity;
  if (classes !== null && named < classes) {
    notes.push(
      `The data name ${named} classes and the model tells ${classes} apart: where the data lack one, those behind it in the alphabet have wrong numbers.`,
    );
  }
  return {
    ...none,
    target,
    shifted: wish.shiftLabels,
    positions: ignored > 0 ? positionsOf(target, ignoreIndex, dataset.weights) : null,
    classAxis: axis,
    classes,
    chance: chanceOf({ loss, target, classes, ignored: ignoreIndex, weights: dataset.weights }),
    notes: [...notes, ...(rows?.notes ?? []), ...prepared.notes],
  };
}

/** Positions with a target of a sample, on average over the weights of the samples. */
function positionsOf({ shape: [samples], data }: Tensor, ignored: number, weights?: Float64Array): number {
  const size = data.length / samples;
  let [counted, total] = [0, 0];
  for (let i = 0; i < samples; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    for (let j = i * size; j < (i + 1) * size; j++) if (Number(data[j]) !== ignored) counted += weight;
  }
  return counted / total;
}

function targetNeed(loss: LossName, output: readonly number[], axis: number, ignored: number): TargetNeed {
  if (!CLASSIFICATION.includes(loss)) {
    return { kind: 'values', shape: [null, ...output.slice(1)], unit: BINARY.includes(loss) };
  }
  if (output.length < 2) {
    throw new UserError({
      what: `${loss} needs one output per class, but the model's output is [${output.join(', ')}].`,
      action: 'Choose --loss bce_with_logits for two classes, or mse for values.',
    });
  }
  const positions = output.filter((_, i) => i !== 0 && i !== axis);
  return { kind: 'classes', classes: output[axis], positions, ignored };
}

/** Positions without a target say nothing about the classes. */
function withoutIgnored(target: Tensor, ignored: number): Tensor {
  if (countOf(target, ignored) === 0) return target;
  const values = Array.from(target.data as ArrayLike<number | bigint>, (v) => (Number(v) === ignored ? 0 : Number(v)));
  return tensor(target.dtype, target.shape, values);
}

function countOf({ data }: Tensor, value: number): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (Number(data[i]) === value) count++;
  return count;
}

/** [N, L, …] → [N, L − 1, …], without the first of each sample. */
function withoutFirst({ dtype, shape, data }: Tensor): Tensor {
  const [samples, length, ...rest] = shape;
  const size = sizeOf(rest);
  const moved = data.slice(0, samples * (length - 1) * size);
  for (let n = 0, to = 0; n < samples; n++) {
    for (let i = (n * length + 1) * size; i < (n + 1) * length * size; i++) moved[to++] = data[i];
  }
  return { dtype, shape: [samples, length - 1, ...rest], data: moved };
}

/** What a person should know of where the classes are. */
function axisNotes(
  { axis, others, reason }: ClassAxisChoice,
  {
    prediction,
    outputName,
    axes,
    shape,
  }: { prediction: Prediction; outputName: string; axes?: WrittenAxes; shape: readonly number[] },
): string[] {
  const named = (each: number) => axisWritten(each, axes);
  const { classAxis, form } = prediction;
  if (classAxis !== null && classAxis !== axis) {
    return [
      `The ${form} of «${outputName}» is over axis ${named(classAxis)}, but the classes are taken along axis ${named(axis)}, as --class-axis says: its numbers are read as logits.`,
    ];
  }
  if (others.length === 0) return [];
  const all = [axis, ...others].map(named).sort((a, b) => a - b);
  return [
    `The targets fit classes on axis ${all.join(' and axis ')} of «${outputName}» [${['samples', ...shape.slice(1)].join(', ')}]. Axis ${named(axis)} is taken, ${reason}; --class-axis ${named(others[0])} takes the other.`,
  ];
}
