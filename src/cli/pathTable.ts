import type { Checkpoint, TrainingPath } from '../report/sections/path';
import { checkpointNames, extentOfPath, planeOfPathText } from '../report/text/path';
import { formatCount, formatExactCount } from '../text/counts';
import { formatCompact, formatNumber, formatPercent } from '../text/numbers';
import { columns } from './columns';
import type { Paint } from './paint';
import { sparkline } from './sparkline';

/** Most checkpoints that are listed; of a longer path, evenly spread ones. The report holds all. */
const MOST_ROWS = 40;
const LABEL = 16;
/** Courses over more than this factor are drawn on a log scale. */
const WIDE = 10;

interface Column {
  title: string;
  of(checkpoint: Checkpoint, i: number): string;
}

/** Formats a path for the terminal: a row per checkpoint, the courses of loss and sharpness, and what its plane shows. */
export function pathTable(path: TrainingPath, { width, paint }: { width: number; paint: Paint }): string[] {
  const { checkpoints } = path;
  const shown = rowsOf(checkpoints.length);
  const used = columnsOf(path).filter(({ of }) => shown.some((i) => of(checkpoints[i], i) !== ''));
  const rows = [used.map(({ title }) => title), ...shown.map((i) => used.map(({ of }) => of(checkpoints[i], i)))];
  const [head, ...lines] = columns(
    rows,
    used.map((_, k) => k).filter((k) => used[k].title !== 'file'),
  );
  const left = checkpoints.length - shown.length;
  return [
    `${'path'.padEnd(LABEL)}${extentOfPath(path)}`,
    paint.dim(head),
    ...lines,
    ...(left > 0 ? [paint.dim(`${formatCount(left)} more are in the report`)] : []),
    ...courses(checkpoints, Math.max(8, width), paint),
  ];
}

/** Sentences on the plane of the path. */
export const pathSentences = (path: TrainingPath): string[] => planeOfPathText(path);

function rowsOf(count: number): number[] {
  if (count <= MOST_ROWS) return Array.from({ length: count }, (_, i) => i);
  return Array.from({ length: MOST_ROWS }, (_, k) => Math.round((k * (count - 1)) / (MOST_ROWS - 1)));
}

function columnsOf(path: TrainingPath): Column[] {
  const names = checkpointNames(path);
  const { pca } = path;
  const optional = (value: number | undefined, text: (value: number) => string) =>
    value === undefined ? '' : text(value);
  const withError = (value: number | undefined, error: number | undefined) =>
    optional(value, (known) => formatCompact(known, error ?? 0));
  const plain = (value: number | undefined) => optional(value, (known) => formatNumber(known));
  return [
    { title: 'step', of: ({ step }) => formatExactCount(step) },
    { title: 'file', of: (_, i) => names[i] },
    { title: 'loss', of: ({ loss }) => formatNumber(loss) },
    { title: 'accuracy', of: ({ accuracy }) => optional(accuracy, formatPercent) },
    { title: 'test loss', of: ({ testLoss }) => plain(testLoss) },
    { title: '‖∇L‖', of: ({ gradientNorm }) => plain(gradientNorm) },
    { title: 'λ_max', of: ({ lambdaMax, lambdaMaxError }) => withError(lambdaMax, lambdaMaxError) },
    { title: 'λ_min', of: ({ lambdaMin, lambdaMinError }) => withError(lambdaMin, lambdaMinError) },
    { title: 'negative', of: ({ negativeMass }) => optional(negativeMass, formatPercent) },
    { title: 'noise scale', of: ({ noiseScale }) => optional(noiseScale, (value) => formatNumber(value, 3)) },
    { title: 'distance', of: ({ distance }) => formatNumber(distance, 3) },
    { title: 'off plane', of: (_, i) => optional(pca?.offPlane[i], (value) => formatNumber(value, 2)) },
  ];
}

function courses(checkpoints: readonly Checkpoint[], width: number, paint: Paint): string[] {
  const course = (label: string, values: readonly number[]) => {
    const finite = values.filter(Number.isFinite);
    if (finite.length < 2) return [];
    const [low, high] = [Math.min(...finite), Math.max(...finite)];
    const log = low > 0 && high > WIDE * low;
    const ends = `${formatNumber(low, 3)} … ${formatNumber(high, 3)}${log ? ', log' : ''}`;
    return [`${label.padEnd(LABEL)}${sparkline(log ? values.map(Math.log) : values, width)}  ${paint.dim(ends)}`];
  };
  return [
    ...course(
      'loss',
      checkpoints.map(({ loss }) => loss),
    ),
    ...course(
      '‖∇L‖',
      checkpoints.map(({ gradientNorm = NaN }) => gradientNorm),
    ),
    ...course(
      'λ_max',
      checkpoints.map(({ lambdaMax = NaN }) => lambdaMax),
    ),
  ];
}
