import type { Dataset } from '../../data/dataset';
import type { Value } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import type { Chance } from '../../loss/chanceLoss';
import type { LossClues } from '../../loss/guess';
import type { Prediction } from '../../loss/prediction';
import type { WrittenAxes } from '../../model/writtenAxes';
import type { LossName } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';

/** Which loss is taken of which output, and its targets in the form that the loss wants. */
export interface LossChoice {
  loss: LossName;
  /** Whether the loss was guessed, because nobody asked for one. */
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
  /** Whether the target of a position is the label of the next one. */
  shifted: boolean;
  /** Positions with a target, per sample on average; null: all. */
  positions: number | null;
  notes: readonly string[];
}

/** What a person may say about the loss. */
export type LossWish = Pick<ResolvedOptions, 'loss' | 'classAxis' | 'shiftLabels' | 'ignoreIndex' | 'seed'>;

/** An output of the model, [batch, …]. */
export interface ModelOutput {
  name: string;
  value: Value;
  axes?: WrittenAxes;
}

/** Everything that the choice of a loss depends on. */
export interface LossQuestion {
  dataset: Dataset;
  output: ModelOutput;
  wish: LossWish;
  /** What the graph says of the output. */
  clues: Omit<LossClues, 'target' | 'classAxis'>;
  /** The axis of the classes that a person asked for, in the graph's order; null where nobody did. */
  askedAxis: number | null;
  /** Targets that tell something about the loss: not the model's own answers. */
  labels: Tensor | null;
}
