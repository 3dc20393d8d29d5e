import type { Dataset } from '../../data/dataset';
import type { Value } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import type { Chance } from '../../loss/chanceLoss';
import type { LossClues } from '../../loss/guess';
import type { Prediction } from '../../loss/prediction';
import type { WrittenAxes } from '../../model/writtenAxes';
import type { LossName } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';

/** The loss, the output it reads, and the targets in the form that the loss needs. */
export interface LossChoice {
  loss: LossName;
  /** Whether the loss was guessed because the user did not set one. */
  guessed: boolean;
  outputName: string;
  /** What the output represents. */
  prediction: Prediction;
  /** [N, …] for the whole data set; null for the loss `output`. */
  target: Tensor | null;
  classAxis: number;
  classes: number | null;
  /** What the best answer that ignores the input achieves; null where there is none. */
  chance: Chance | null;
  /** Whether the target of a position is the label of the next one. */
  shifted: boolean;
  /** Average number of positions with a target per sample; null if all have one. */
  positions: number | null;
  notes: readonly string[];
}

/** What the user may set about the loss. */
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
  /** What the graph says about the output. */
  clues: Omit<LossClues, 'target' | 'classAxis'>;
  /** The axis of the classes that the user set, in the graph's order; null where it is not set. */
  askedAxis: number | null;
  /** Targets that are evidence for the loss, which the model's own answers are not. */
  labels: Tensor | null;
}
