import { about, flag, list, number, object, oneOf, optional, text } from '../schema';
import type { Infer } from '../schema';
import { level } from './diagnostics';
import { line } from './lines';
import { plane } from './planes';
import { withError } from './withError';

const barrier = object({
  height: about(
    'max over [0, 1] of L(α) − ((1 − α)·L(0) + α·L(1)), so 0 where the loss never rises above the straight line between both losses.',
    number,
  ),
  at: about('The α of the highest point; 0 where there is no barrier.', number),
  error: about(
    'Standard error of the height over samples, from the differences of each sample. Where there is no barrier, that of the inner point nearest to the straight line. NaN where samples have no losses of their own.',
    number,
  ),
  unseen: optional(
    number,
    'How far the loss between two measured points may rise above the highest measured one, where it is concave: the secants of the points on both sides meet there.',
  ),
});
/** A loss barrier on the straight line between two models. */
export type Barrier = Infer<typeof barrier>;

const between = {
  alpha: about('Ascending: k/24, and further points around the maximum. 0 is one model, 1 the other.', list(number)),
  loss: list(number),
  accuracy: optional(list(number)),
  test: optional(
    object({ loss: list(number), accuracy: optional(list(number)) }),
    'The same points on the test data, where there are any.',
  ),
  barrier,
};
const path = object(between);
/** The loss along the straight line between two models. */
export type BetweenModels = Infer<typeof path>;

const matched = object({
  distance: about('‖θ_B − θ_A‖ after the units of B were re-ordered.', number),
  permutedUnits: about('Number of units that moved to another place.', number),
  units: optional(number, 'Number of units that could have moved.'),
  groups: optional(
    list(object({ name: text, units: number, moved: number })),
    'Groups of units that move together, and how many of them moved.',
  ),
  lossChange: optional(
    number,
    'How far the re-ordered model is from the loss of the model as it was: rounding alone, or the matching is refused.',
  ),
  line: path,
  repaired: optional(
    path,
    'The same line with the statistics of BatchNormalization recomputed on the data at every point, its ends included (REPAIR, Jordan et al. 2023). Left out where the model has none.',
  ),
  notes: optional(list(text), 'Sentences on what could not be re-ordered, and why.'),
});
/** The second model with its units re-ordered to those of the first, and the line to it. */
export type MatchedModels = Infer<typeof matched>;

const verdict = object({
  id: text,
  title: text,
  verdict: oneOf(['present', 'absent', 'inconclusive']),
  level: optional(level),
  severity: oneOf(['info', 'low', 'medium', 'high']),
  summary: text,
});

const model = object({
  path: text,
  sha256: text,
  parameterCount: number,
  loss: number,
  accuracy: optional(number),
  verdicts: list(verdict),
  lines: about('The lines of its own analysis. Random directions share their seed.', list(line)),
  planes: optional(list(plane), 'The planes of its own analysis, where it measured any.'),
  warnings: list(text),
});
/** One of the compared models, with what its own analysis found. */
export type ComparedModel = Infer<typeof model>;

const figure = object({
  id: text,
  name: about('The sign that people read, such as λ_max.', text),
  values: about('One per model, in their order; NaN where it was not measured.', list(withError)),
  differences: about('Each model minus the first. The first entry is 0.', list(withError)),
  errors: about(
    'What the errors cover. paired: the difference over other samples, from the differences of each sample. samples: the estimate and other samples, added in quadrature as if the models were independent, which overstates the error of the difference. directions: a mean over random directions, the same ones for models of one architecture. estimate: the computation on these samples alone.',
    oneOf(['paired', 'samples', 'directions', 'estimate']),
  ),
});
/** A figure of all models side by side, and the differences from the first. */
export type ComparedFigure = Infer<typeof figure>;

const pair = object({
  from: about('Index of a model.', number),
  to: about('Index of a model.', number),
  distance: number,
  barrier: optional(barrier),
  matched: optional(object({ distance: number, permutedUnits: number, barrier })),
});
/** Two of three or more models. */
export type ComparedPair = Infer<typeof pair>;

const throughModels = object({
  surface: plane,
  positions: about(
    'Where each model lies in the plane, [x, y]. The axes are orthonormal, so distances in the plane are distances between parameters.',
    list(list(number)),
  ),
});
/** The plane through three models. */
export type PlaneThroughModels = Infer<typeof throughModels>;

export const comparison = object({
  models: list(model),
  figures: list(figure),
  apart: optional(text, 'Why there is no line between the models.'),
  movesStatistics: optional(
    flag,
    'True where running statistics of BatchNormalization move along the lines, so that each end is the model of that file.',
  ),
  distance: optional(number, '‖θ_B − θ_A‖ over the parameters, where there are two models.'),
  line: optional(path, 'The straight line from the first model to the second, where there are two.'),
  matched: optional(matched, 'The same after the units of the second model were matched to those of the first.'),
  plane: optional(throughModels, 'The plane through the models, where there are three.'),
  pairs: optional(list(pair), 'Each two of three or more models.'),
});
export type Comparison = Infer<typeof comparison>;
