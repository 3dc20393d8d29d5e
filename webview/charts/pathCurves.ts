import type { Checkpoint, TrainingPath } from '../../src/report/sections/path';

/** One curve of a chart of a training path. */
interface PathSeries {
  label: string;
  values: number[];
  /** Half the length of the error bar of each value; undefined where its error is not known. */
  errors: (number | undefined)[];
  /** Index into the theme's colours. */
  color: number;
}

/** A horizontal line that a curve is read against. */
interface PathLevel {
  at: number;
  label: string;
}

/** One chart of a training path: curves of one unit over the steps. */
export interface PathCurve {
  id: string;
  title: string;
  /** Name of the vertical axis. */
  unit: string;
  series: PathSeries[];
  levels: PathLevel[];
  /** Steps where the curve first reaches a level, which get a vertical mark. */
  events: number[];
  /** True for fractions, which are written in percent. */
  share: boolean;
}

type Figure = Exclude<keyof Checkpoint, 'file' | 'sha256' | 'notFinite'>;

/** Chooses the charts of a path: those whose figures were measured at one checkpoint at least. */
export function pathCurves(path: TrainingPath): PathCurve[] {
  const { checkpoints, pca, edgeOfStability: edge } = path;
  const series = (label: string, figure: Figure, color: number, error?: Figure): PathSeries[] => {
    if (checkpoints.every((checkpoint) => checkpoint[figure] === undefined)) return [];
    return [
      {
        label,
        values: checkpoints.map((checkpoint) => checkpoint[figure] ?? NaN),
        errors: checkpoints.map((checkpoint) => (error ? checkpoint[error] : undefined)),
        color,
      },
    ];
  };
  const tested = checkpoints.some(({ testLoss }) => testLoss !== undefined);
  const charts: (Pick<PathCurve, 'id' | 'title' | 'unit' | 'series'> & Partial<PathCurve>)[] = [
    {
      id: 'loss',
      title: 'Loss',
      unit: 'loss',
      series: [
        ...series(tested ? 'training loss' : 'loss', 'loss', 0, 'lossError'),
        ...series('test loss', 'testLoss', 4, 'testLossError'),
      ],
    },
    {
      id: 'accuracy',
      title: 'Accuracy',
      unit: 'accuracy',
      share: true,
      series: [
        ...series(tested ? 'training accuracy' : 'accuracy', 'accuracy', 0),
        ...series('test accuracy', 'testAccuracy', 4),
      ],
    },
    {
      id: 'gradient',
      title: 'Gradient norm',
      unit: '‖∇L‖',
      series: series('‖∇L‖', 'gradientNorm', 0, 'gradientNormError'),
    },
    {
      id: 'sharpness',
      title: 'Largest eigenvalue',
      unit: 'λ_max',
      series: series('λ_max', 'lambdaMax', 0, 'lambdaMaxError'),
      levels: edge
        ? [
            { at: edge.twoOverRate, label: '2/η' },
            ...(edge.momentum > 0 ? [{ at: edge.bound, label: '2(1 + β)/η' }] : []),
          ]
        : [],
      events: edge?.crossedAt === undefined ? [] : [edge.crossedAt],
    },
    {
      id: 'bottom',
      title: 'Smallest eigenvalue',
      unit: 'λ_min',
      series: series('λ_min', 'lambdaMin', 0, 'lambdaMinError'),
    },
    {
      id: 'negative',
      title: 'Share of negative curvature',
      unit: 'share',
      share: true,
      series: series('negative share', 'negativeMass', 0, 'negativeMassError'),
    },
    {
      id: 'noise',
      title: 'Noise scale',
      unit: 'samples',
      series: series('noise scale', 'noiseScale', 0, 'noiseScaleError'),
    },
    {
      id: 'distance',
      title: 'Distance to the last',
      unit: '‖θ − θ_last‖',
      series: [
        ...series(pca ? 'whole distance' : 'distance', 'distance', 0),
        ...(pca ? [{ label: 'off the plane', values: pca.offPlane, errors: [], color: 1 }] : []),
      ],
    },
  ];
  return charts
    .filter((chart) => chart.series.length > 0)
    .map((chart) => ({ levels: [], events: [], share: false, ...chart }));
}

/** Curves whose figures span more than this factor are drawn on a log axis. */
const WIDE = 100;

/** Tells whether a chart needs a log axis: all its figures are positive and span many decades. */
export function needsLog({ series, levels, share }: PathCurve): boolean {
  const finite = [...series.flatMap(({ values }) => values), ...levels.map(({ at }) => at)].filter(Number.isFinite);
  // The distance of the last checkpoint to itself is 0, which no log axis has.
  const lowest = Math.min(...finite);
  return !share && finite.length > 0 && lowest > 0 && Math.max(...finite) > WIDE * lowest;
}
