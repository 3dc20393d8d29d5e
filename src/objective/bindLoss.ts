import type { Dataset } from '../data/dataset';
import type { TargetNeed } from '../data/targets';
import { prepareTarget, targetFacts } from '../data/targets';
import { UserError } from '../errors';
import type { Node, Value } from '../graph/graph';
import { isOp } from '../graph/graph';
import type { Op } from '../graph/ops';
import type { Tensor } from '../graph/tensor';
import { sizeOf, tensor } from '../graph/tensor';
import type { Chance } from '../loss/chanceLoss';
import { chanceOf } from '../loss/chanceLoss';
import { classAxis, guessLoss } from '../loss/guess';
import type { LossName } from '../options/options';
import type { ResolvedOptions } from '../options/presets';
import { DRAWN, drawTargets } from './generatedTargets';

/** Which loss is taken of which output, and its targets in the form it wants. */
export interface LossChoice {
  loss: LossName;
  /** Nobody asked for it. */
  guessed: boolean;
  outputName: string;
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
export type LossWish = Pick<ResolvedOptions, 'loss' | 'shiftLabels' | 'ignoreIndex' | 'seed'>;

const CLASSIFICATION: readonly LossName[] = ['cross_entropy', 'nll'];
const BINARY: readonly LossName[] = ['bce', 'bce_with_logits'];

/**
 * @param output of the model, [batch, …]
 * @throws UserError when the loss cannot be told or the targets do not fit it
 */
export function chooseLoss(dataset: Dataset, output: Value, outputName: string, wish: LossWish): LossChoice {
  const { loss: wanted, ignoreIndex } = wish;
  // A model's own answers say nothing about the loss it was trained with.
  const labels = dataset.generated || dataset.targetIsModelOutput ? null : dataset.target;
  const facts = labels && targetFacts(withoutIgnored(labels, ignoreIndex));
  const outputShape = [null, ...output.shape.slice(1)];
  const guess = wanted
    ? { loss: wanted, reason: 'asked for' }
    : guessLoss({
        lastOperators: lastOperators(output),
        outputShape: output.shape.length === 0 ? [] : outputShape,
        target: facts,
      });
  if (!guess) {
    throw new UserError({
      what: 'The loss cannot be told from the model and its data.',
      where: [
        `output «${outputName}» [${output.shape.join(', ')}]`,
        ...(labels ? [`targets [${labels.shape.join(', ')}]`] : []),
      ],
      action: 'Name it with --loss cross_entropy, mse, bce, …',
    });
  }
  const { loss } = guess;
  const notes = wanted ? [] : [`Loss ${loss}, guessed from ${guess.reason}.`];
  const whole = { shifted: false, positions: null };
  const none = { loss, guessed: !wanted, outputName, classAxis: 1, classes: null, chance: null, ...whole, notes };
  if (wish.shiftLabels && (!CLASSIFICATION.includes(loss) || output.shape.length < 3)) {
    throw new UserError({
      what: `Labels can be shifted along tokens only, but «${outputName}» is [${output.shape.join(', ')}] and the loss ${loss}.`,
      action: 'Leave --shift-labels out, or name the output of the tokens with --loss-output NAME.',
    });
  }
  if (loss === 'output') return { ...none, target: null };
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
  // Targets of the output's own shape, one number per class, do not tell which axis the classes are on.
  const perClass = CLASSIFICATION.includes(loss) && sameShape(targets.shape.slice(1), output.shape.slice(1));
  const axis = perClass
    ? classAxisOf(output)
    : CLASSIFICATION.includes(loss)
      ? (classAxis(output.shape, targets.shape) ?? 1)
      : 1;
  const need = targetNeed(loss, output.shape, axis, ignoreIndex);
  const prepared = prepareTarget(perClass ? classesSecond(targets, axis) : targets, need, {
    where: dataset.source,
    isModelOutput: dataset.generated || dataset.targetIsModelOutput,
  });
  const target = wish.shiftLabels ? withoutFirst(prepared.target) : prepared.target;
  const ignored = need.kind === 'classes' ? countOf(target, ignoreIndex) : 0;
  if (ignored === target.data.length) {
    throw new UserError({ what: `Every target is ${ignoreIndex}, which means none.`, where: [dataset.source] });
  }
  if (ignored > 0) notes.push(`${ignored} of ${target.data.length} targets are ${ignoreIndex} and left out.`);
  const classes = need.kind === 'classes' ? need.classes : null;
  return {
    ...none,
    target,
    shifted: wish.shiftLabels,
    positions: ignored > 0 ? (target.data.length - ignored) / target.shape[0] : null,
    classAxis: axis,
    classes,
    chance: chanceOf({ loss, target, classes, ignored: ignoreIndex }),
    notes: [...notes, ...prepared.notes],
  };
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

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/** Where an output has its classes: on the axis of its Softmax; else last for tokens [N, L, C], else second. */
function classAxisOf(output: Value): number {
  for (const op of ['Softmax', 'LogSoftmax'] as const) {
    if (isOp(output, op)) return (output.node as Node<'Softmax'>).attributes.axis;
  }
  const rank = output.shape.length;
  if (rank === 3 && !lastOperators(output)[0]?.startsWith('Conv')) return 2;
  // Channels that were moved to the end, as TensorFlow has them.
  const perm = isOp(output, 'Transpose') ? (output.node as Node<'Transpose'>).attributes.perm : [];
  return rank > 3 && perm[rank - 1] === 1 ? rank - 1 : 1;
}

/** [N, …, C, …] → [N, C, …], C on `axis`. */
function classesSecond({ dtype, shape, data }: Tensor, axis: number): Tensor {
  if (axis === 1) return { dtype, shape, data };
  const classes = shape[axis];
  const before = sizeOf(shape.slice(1, axis));
  const after = sizeOf(shape.slice(axis + 1));
  const moved = data.slice();
  for (let n = 0, to = 0; n < shape[0]; n++) {
    for (let c = 0; c < classes; c++) {
      for (let b = 0; b < before; b++) {
        const from = ((n * before + b) * classes + c) * after;
        for (let a = 0; a < after; a++) moved[to++] = data[from + a];
      }
    }
  }
  return { dtype, shape: [shape[0], classes, ...shape.filter((_, i) => i !== 0 && i !== axis)], data: moved };
}

const LOOKED_THROUGH: readonly Op[] = ['Reshape', 'Cast', 'Transpose'];

/** Operators at the end of the graph, the last first. */
export function lastOperators(output: Value): string[] {
  const found: string[] = [];
  let node: Node | null = output.node;
  while (node && found.length < 3) {
    if (!LOOKED_THROUGH.includes(node.op)) found.push(node.op);
    node = node.inputs[0]?.node ?? null;
  }
  return found;
}
