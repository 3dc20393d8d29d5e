import type { Dataset } from '../../data/dataset';
import { prepareTarget } from '../../data/targets';
import type { TargetNeed } from '../../data/targets';
import { UserError } from '../../errors';
import type { Tensor } from '../../graph/tensor';
import { sizeOf } from '../../graph/tensor';
import { chanceOf } from '../../loss/chanceLoss';
import type { ClassAxisChoice } from '../../loss/classAxis';
import { chooseClassAxis } from '../../loss/classAxis';
import { axisWritten } from '../../model/writtenAxes';
import type { LossName } from '../../options/options';
import { classRows } from './classRows';
import { DRAWN, drawTargets } from './generatedTargets';
import type { LossChoice, LossQuestion } from './lossChoice';
import type { Noted } from './noted';

/** The fields of a choice that depend on its targets. */
export type LossTargets = Pick<LossChoice, 'target' | 'classAxis' | 'classes' | 'chance' | 'shifted' | 'positions'>;

/** Whether a loss compares a score for every class with the index or distribution of the correct one. */
export function isClassification(loss: LossName): boolean {
  return loss === 'cross_entropy' || loss === 'nll';
}

/**
 * Converts the targets of the data to the form that the loss needs.
 * @throws UserError when there are none, or they do not fit the output
 */
export function lossTargets(question: LossQuestion, loss: LossName): Noted<LossTargets> {
  const { dataset, output, wish } = question;
  const { ignoreIndex } = wish;
  const raw = rawTargets(question, loss);
  const placed = isClassification(loss) ? withClasses(question, raw.value) : null;
  const classAxis = placed?.classAxis ?? 1;
  const need = targetNeed(loss, output.value.shape, classAxis, ignoreIndex);
  const prepared = prepareTarget(placed?.target ?? raw.value, need, {
    where: dataset.source,
    isModelOutput: dataset.generated || dataset.targetIsModelOutput,
  });
  const target = wish.shiftLabels ? withoutFirst(prepared.target) : prepared.target;
  const ignored = target.dtype === 'int64' ? countOf(target, ignoreIndex) : 0;
  if (ignored === target.data.length) {
    throw new UserError({
      what: `Every target is ${ignoreIndex}, which marks a missing target.`,
      where: [dataset.source],
    });
  }
  const left = `${ignored} of ${target.data.length} targets are ${ignoreIndex} and are ignored.`;
  const classes = need.kind === 'classes' ? need.classes : null;
  const value = {
    target,
    classAxis,
    classes,
    chance: chanceOf({ loss, target, classes, ignored: ignoreIndex, weights: dataset.weights }),
    shifted: wish.shiftLabels,
    positions: ignored > 0 ? positionsOf(target, ignoreIndex, dataset.weights) : null,
  };
  const found = [
    ...(placed?.axisNotes ?? []),
    ...(ignored > 0 ? [left] : []),
    ...missingNames(dataset, classes),
    ...(placed?.rowNotes ?? []),
  ];
  return { value, notes: [...raw.notes, ...found, ...prepared.notes] };
}

/** The targets of the data; for random inputs and losses of values, targets drawn around the model's answers. */
function rawTargets({ dataset, wish }: LossQuestion, loss: LossName): Noted<Tensor> {
  if (!dataset.target) {
    throw new UserError({
      what: `The loss ${loss} needs targets, but the data have none.`,
      where: [dataset.source],
      action: 'Add an array «target», or name one with --target KEY.',
    });
  }
  if (!dataset.generated || isClassification(loss)) return { value: dataset.target, notes: [] };
  return { value: drawTargets(dataset.target, loss, wish.seed), notes: [DRAWN] };
}

interface PlacedClasses {
  /** Class indices [N, …positions], or one number per class, [N, C, …positions]. */
  target: Tensor;
  /** Index of the output's axis that holds the classes. */
  classAxis: number;
  /** Sentences about the axis, and about targets that hold one number per class. */
  axisNotes: readonly string[];
  rowNotes: readonly string[];
}

/**
 * Finds the axis of the classes in output and targets.
 * @throws UserError when the axis that the user set does not fit
 */
function withClasses({ dataset, output, wish, clues, askedAxis }: LossQuestion, target: Tensor): PlacedClasses {
  const { shape } = output.value;
  const asked = { ...clues, wanted: askedAxis };
  const rows = classRows(target, shape, {
    axis: chooseClassAxis({ ...asked, targetShape: null }).axis,
    known: askedAxis !== null || clues.prediction.classAxis !== null,
    written: (each) => axisWritten(each, output.axes),
  });
  // The shape of targets with one number per class does not show which axis the classes are on.
  const choice = chooseClassAxis({ ...asked, targetShape: rows ? null : target.shape });
  const classAxis = rows?.classAxis ?? choice.axis;
  if (askedAxis !== null && !rows && !choice.fits) {
    const positions = [target.shape[0], ...shape.filter((_, i) => i !== 0 && i !== classAxis)];
    throw new UserError({
      what: `With classes on axis ${wish.classAxis} of «${output.name}», class indices [${positions.join(', ')}] are needed; the targets are [${target.shape.join(', ')}].`,
      where: [dataset.source],
      action: 'Choose another --class-axis, or leave it out, or name other targets with --target KEY.',
    });
  }
  const axisNotes = notesOfAxis(choice, { clues, output });
  return { target: rows?.target ?? target, classAxis, axisNotes, rowNotes: rows?.notes ?? [] };
}

function targetNeed(loss: LossName, output: readonly number[], axis: number, ignored: number): TargetNeed {
  if (!isClassification(loss)) {
    return { kind: 'values', shape: [null, ...output.slice(1)], unit: loss === 'bce' || loss === 'bce_with_logits' };
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

/** The average number of positions with a target in a sample, weighted with the samples' weights. */
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

/** Counts how often a value occurs among the targets. */
export function countOf({ data }: Tensor, value: number): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (Number(data[i]) === value) count++;
  return count;
}

/** [N, L, …] → [N, L − 1, …]: drops the first position of each sample. */
function withoutFirst({ dtype, shape, data }: Tensor): Tensor {
  const [samples, length, ...rest] = shape;
  const size = sizeOf(rest);
  const moved = data.slice(0, samples * (length - 1) * size);
  for (let n = 0, to = 0; n < samples; n++) {
    for (let i = (n * length + 1) * size; i < (n + 1) * length * size; i++) moved[to++] = data[i];
  }
  return { dtype, shape: [samples, length - 1, ...rest], data: moved };
}

/** Returns a warning where the data name fewer classes than the model distinguishes. */
function missingNames({ classNames }: Dataset, classes: number | null): string[] {
  const named = classNames?.length ?? Infinity;
  if (classes === null || named >= classes) return [];
  return [
    `The data name ${named} classes, but the model distinguishes ${classes}. If the data lack a class, all classes after it in the alphabet have wrong numbers.`,
  ];
}

/** Notes for the user about the axis of the classes. */
function notesOfAxis(
  { axis, others, reason }: ClassAxisChoice,
  { clues, output: { name, value, axes } }: Pick<LossQuestion, 'clues' | 'output'>,
): string[] {
  const named = (each: number) => axisWritten(each, axes);
  const { classAxis, form } = clues.prediction;
  if (classAxis !== null && classAxis !== axis) {
    return [
      `The ${form} of «${name}» is over axis ${named(classAxis)}, but --class-axis puts the classes on axis ${named(axis)}, so its numbers are read as logits.`,
    ];
  }
  if (others.length === 0) return [];
  const all = [axis, ...others].map(named).sort((a, b) => a - b);
  const shape = ['samples', ...value.shape.slice(1)].join(', ');
  return [
    `The targets fit classes on axis ${all.join(' and axis ')} of «${name}» [${shape}]. Ridgeline uses axis ${named(axis)}, ${reason}. To use the other, add --class-axis ${named(others[0])}.`,
  ];
}
