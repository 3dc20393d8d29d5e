import { layoutOf, readWeights } from '../objective/open/otherWeights';
import type { WeightLayout } from '../objective/open/otherWeights';
import type { OpenedObjective } from '../objective/open/openedObjective';
import type { OpenHooks } from '../objective/open/openObjective';
import type { ModelAndData } from '../objective/open/readModelAndData';
import { openWide } from '../objective/open/wideObjective';
import type { NamedValues, Objective, ParameterTensor } from '../objective/objective';
import type { ResolvedOptions } from '../options/presets';
import type { OtherModel, ReadOther } from './directions';
import type { MatchableLoss } from './facts';

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
  private readonly open: () => Promise<OpenedObjective>;
  private opened: Promise<OpenedObjective> | undefined;

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
    this.open = () => openWide(model, { ...options, profile: false }, { sha256, data, test, ...hooks });
  }

  private readonly keeping: OtherModelsRequest['keeping'];

  readonly read: ReadOther = async (path): Promise<OtherModel> => {
    const { theta, statistics } = await readWeights(path, this.layout);
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
    const { objective, test, indices } = await (this.opened ??= this.open());
    return {
      objective: this.keeping(objective, 'with statistics: '),
      test: test && this.keeping(test, 'test data with statistics: '),
      indices,
    };
  };

  async dispose(): Promise<void> {
    const opened = await this.opened?.catch(() => null);
    await opened?.objective.dispose();
  }
}
