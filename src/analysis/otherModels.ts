import { layoutOf, readWeights } from '../objective/open/otherWeights';
import type { WeightLayout } from '../objective/open/otherWeights';
import type { OpenedObjective } from '../objective/open/openedObjective';
import type { OpenHooks } from '../objective/open/openObjective';
import type { ModelAndData } from '../objective/open/readModelAndData';
import { openRecomputed, openWide } from '../objective/open/wideObjective';
import type { NamedValues, Objective, ParameterTensor } from '../objective/objective';
import type { ResolvedOptions } from '../options/presets';
import type { OtherModel, ReadOther } from './directions';
import type { MatchableLoss, WideLoss } from './facts';

interface OtherModelsRequest extends Pick<OpenHooks, 'signal' | 'graphs'> {
  read: ModelAndData;
  /** The tensors of θ. */
  parameters: readonly ParameterTensor[];
  /** Wraps a further objective of this analysis, so that its answers are kept. */
  keeping: (objective: Objective, name: string) => Objective;
}

/** The other models that directions of an analysis lead to, and the loss in which running statistics move with them. */
export class OtherModels {
  private readonly layout: WeightLayout;
  private readonly open: (how: typeof openWide) => Promise<OpenedObjective>;
  private opened: Promise<OpenedObjective> | undefined;
  private openedRecomputed: Promise<OpenedObjective> | undefined;

  /** @param options with the device and the number of threads of the ordinary objective */
  constructor(
    model: string,
    private readonly options: ResolvedOptions,
    { read, parameters, keeping, ...hooks }: OtherModelsRequest,
  ) {
    this.layout = layoutOf(read, parameters, options.parameters);
    this.keeping = keeping;
    const { data, test } = read;
    const { sha256 } = read.model;
    this.open = (how) => how(model, { ...options, profile: false }, { sha256, data, test, ...hooks });
  }

  private readonly keeping: OtherModelsRequest['keeping'];

  readonly read: ReadOther = async (path, words): Promise<OtherModel> => {
    const { theta, statistics } = await readWeights(path, this.layout, words);
    if (this.options.keepStatistics) return { theta, statistics: [] };
    const own = new Map(this.layout.statistics.map(({ name, values }) => [name, values]));
    const changes = statistics.map(({ name, values }): NamedValues => {
      const from = own.get(name)!;
      return { name, values: values.map((value, i) => value - from[i]) };
    });
    return { theta, statistics: changes.filter(({ values }) => values.some((change) => change !== 0)) };
  };

  /** Whether the model has running statistics that may move. */
  get hasStatistics(): boolean {
    return this.layout.statistics.length > 0;
  }

  readonly wide = async (): Promise<MatchableLoss> => {
    const { objective, test, indices } = await (this.opened ??= this.open(openWide));
    return {
      objective: this.keeping(objective, 'with statistics: '),
      test: test && this.keeping(test, 'test data with statistics: '),
      indices,
    };
  };

  /** The loss with the statistics of BatchNormalization recomputed on the data at every point. */
  readonly recomputed = async (): Promise<WideLoss> => {
    const { objective, test } = await (this.openedRecomputed ??= this.open(openRecomputed));
    return {
      objective: this.keeping(objective, 'recomputed statistics: '),
      test: test && this.keeping(test, 'test data with recomputed statistics: '),
    };
  };

  async dispose(): Promise<void> {
    for (const opening of [this.opened, this.openedRecomputed]) {
      const opened = await opening?.catch(() => null);
      await opened?.objective.dispose();
    }
  }
}
