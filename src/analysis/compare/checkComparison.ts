import { UserError } from '../../errors';
import { GENERATED_DATA } from '../../options/options';
import type { AnalysisOptions } from '../../options/options';
import type { Report } from '../../report/report';

/** @throws UserError where these models and options cannot be compared */
export function checkComparison(models: readonly string[], options: AnalysisOptions): void {
  if (models.length < 2) {
    throw new UserError({
      what: 'A comparison needs two or more models.',
      where: [...models],
      action: 'Name them all, the one to compare with first: ridgeline compare A.onnx B.onnx --data FILE.',
    });
  }
  if (options.data === GENERATED_DATA) {
    throw new UserError({
      what: 'Generated data cannot compare models: each would be judged on its own answers.',
      where: ['--data generated'],
      action: 'Give real data with --data FILE.',
    });
  }
  if (isMatched(options) && options.keepStatistics) {
    throw new UserError({
      what: 'Units are matched together with their running statistics, which --keep-statistics holds back.',
      where: ['--match and --keep-statistics'],
      action: 'Leave one of the two out.',
    });
  }
  if (options.saveMatched !== undefined && models.length > 2) {
    throw new UserError({
      what: 'Only the second of two models can be saved in the order of the first.',
      where: [`--save-matched ${options.saveMatched}`],
      action: 'Compare two models, or leave the option out.',
    });
  }
}

export const isMatched = ({ match = false, saveMatched }: AnalysisOptions): boolean =>
  match || saveMatched !== undefined;

/** @throws UserError where the models are measured by different losses */
export function checkSameLoss(reports: readonly Report[]): void {
  const losses = reports.map(({ objective }) => objective?.function);
  if (losses.every((loss) => loss === losses[0])) return;
  throw new UserError({
    what: 'The models were judged by different losses, which cannot be compared.',
    where: reports.map(({ model }, i) => `${model.path}: ${losses[i] ?? 'none'}`),
    action: 'Name the loss with --loss NAME.',
  });
}
