import { shownThroughout } from '../foreignText';
import { checksThat } from '../report/checkState';
import type { Finding, Line, Report } from '../report/report';
import { comparison, tally } from '../report/text/checks';
import { counted, formatCount } from '../text/counts';
import { byLevel, LEVEL_TEXT, levelOf } from '../report/text/level';
import { notMeasured } from '../report/text/notMeasured';
import { figureRows, measuredOn } from '../report/text/figureRows';
import { interpolationText } from '../report/text/interpolation';
import { planeCurvatureText } from '../report/text/planeCurvature';
import { quadraticText } from '../report/text/quadratic';
import { topologyText } from '../report/text/topology';
import { withShownNames } from '../report/text/shownNames';
import { formatNumber } from '../text/numbers';
import type { Paint } from './paint';
import { pathSentences, pathTable } from './pathTable';
import { profileTable } from './profileTable';
import { densitySparkline, sparkline } from './sparkline';
import { wrapped } from './wrapped';

export interface SummaryOptions {
  paint: Paint;
  /** Width of the terminal. */
  columns: number;
  /** Paths of the written files, shown last. */
  files: readonly string[];
}

const LABEL = 16;
const MAX_CHART = 60;

/**
 * Formats the report for the terminal: verdicts first, then the numbers behind them, small charts, warnings, notes
 * and the paths of the files.
 */
export function summary(measured: Report, { paint, columns, files }: SummaryOptions): string {
  const report = shownThroughout(withShownNames(measured));
  const blocks = [
    [paint.bold(report.model.path), paint.dim(measuredOn(report))],
    report.provenance.options.about === undefined ? [] : wrapped(report.provenance.options.about, columns, 0),
    headlineBlock(report, paint, columns),
    failedChecks(report, paint, columns),
    byLevel(report.diagnostics).flatMap((finding) => verdictBlock(finding, paint, columns)),
    ...(report.path ? pathBlocks(report.path, paint, columns) : []),
    [...figureRows(report), ...passedChecks(report)].map(([label, text]) => `${label.padEnd(LABEL)}${text}`),
    pictures(report, Math.min(MAX_CHART, columns - LABEL - 2), paint),
    report.profile ? profileTable(report.profile) : [],
    report.parameters?.symmetry === undefined ? [] : wrapped(report.parameters.symmetry, columns, 0),
    notMeasured(report).flatMap((sentence) => wrapped(sentence, columns, 2).map(paint.dim)),
    report.warnings.flatMap((warning) => wrapped(`! ${warning}`, columns, 2).map(paint.yellow)),
    (report.notes ?? []).flatMap((note) => wrapped(`Note: ${note}`, columns, 2).map(paint.dim)),
    files.map((file) => `${'written'.padEnd(LABEL)}${file}`),
  ];
  const first = report.spectrum?.hessian?.preliminary;
  if (first) {
    const samples = formatCount(first.samples);
    blocks.splice(1, 0, [paint.yellow(`The curvature is a first estimate, over ${samples} samples.`)]);
  }
  if (!report.complete) blocks.splice(1, 0, [paint.yellow('This report is incomplete: the analysis was cancelled.')]);
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

/** The report in two sentences. */
function headlineBlock({ headline }: Report, paint: Paint, columns: number): string[] {
  if (!headline) return [];
  return [...wrapped(headline.state, columns, 0).map(paint.bold), ...wrapped(headline.next, columns, 0)];
}

function pathBlocks(path: NonNullable<Report['path']>, paint: Paint, columns: number): string[][] {
  const table = pathTable(path, { width: Math.min(MAX_CHART, columns - LABEL - 2), paint });
  return [table, pathSentences(path).flatMap((sentence) => wrapped(sentence, columns, 0))];
}

/** Formats a verdict. The mark tells whether it is present, the colour and the words what follows from it. */
export function verdictLine(finding: Finding, paint: Paint): string {
  const { title, verdict } = finding;
  const level = levelOf(finding);
  const mark = { present: '●', absent: '○', inconclusive: '?' }[verdict];
  const tint = { action: paint.red, notice: paint.blue, fine: paint.green, open: paint.dim }[level];
  const words = level === 'open' ? verdict : `${verdict}: ${LEVEL_TEXT[level].toLowerCase()}`;
  return `${tint(mark)} ${paint.bold(title)} ${tint(words)}`;
}

function verdictBlock(finding: Finding, paint: Paint, columns: number): string[] {
  const lines = [verdictLine(finding, paint), ...wrapped(finding.summary, columns, 2).map((line) => `  ${line}`)];
  if (levelOf(finding) === 'fine') return lines;
  return [
    ...lines,
    ...finding.advice.flatMap((advice) => wrapped(`→ ${advice}`, columns, 4)).map((line) => `  ${line}`),
  ];
}

/** Shows failed checks prominently, because they put every verdict and figure in doubt. */
function failedChecks({ checks = [] }: Report, paint: Paint, columns: number): string[] {
  const failed = checksThat('failed', checks);
  if (failed.length === 0) return [];
  return [
    paint.red(
      paint.bold(`✗ ${failed.length} of ${counted(checks.length, 'self-check')} FAILED: these figures may be wrong`),
    ),
    ...failed.flatMap((check) => {
      const detail = check.detail ? ` (${check.detail})` : '';
      return wrapped(`${check.name}: ${comparison(check)}${detail}`, columns, 4).map((line) => `  ${paint.red(line)}`);
    }),
  ];
}

/** Counts the checks if none failed. */
function passedChecks({ checks = [] }: Report): [string, string][] {
  if (checks.length === 0 || checksThat('failed', checks).length > 0) return [];
  return [['self-checks', tally(checks)]];
}

function pictures(report: Report, width: number, paint: Paint): string[] {
  if (width < 8) return [];
  const rows: string[] = [];
  const density = report.spectrum?.hessian?.density;
  if (density && density.lambda.length > 0) {
    const ends = `λ ${formatNumber(density.lambda[0], 2)} … ${formatNumber(density.lambda.at(-1)!, 2)}, log density`;
    rows.push(`${'density'.padEnd(LABEL)}${densitySparkline(density.density, width)}  ${paint.dim(ends)}`);
  }
  for (const line of report.lines) {
    const label = line.direction.length < LABEL ? line.direction : `${line.direction.slice(0, LABEL - 2)}…`;
    rows.push(`${label.padEnd(LABEL)}${sparkline(line.loss, width)}  ${paint.dim(extent(line))}`);
  }
  for (const plane of report.planes) {
    rows.push(
      `${'plane'.padEnd(LABEL)}${plane.x.direction} × ${plane.y.direction}  ${paint.dim(interpolationText(plane) || counted(plane.loss.flat().length, 'point'))}`,
    );
    const told = [
      plane.topology && topologyText(plane.topology),
      plane.curvature && planeCurvatureText(plane.curvature),
    ];
    for (const text of told) if (text) rows.push(`${''.padEnd(LABEL)}${paint.dim(text)}`);
  }
  return rows;
}

function extent({ alpha, loss, quadratic }: Line): string {
  const finite = loss.filter(Number.isFinite);
  const losses =
    finite.length > 0
      ? `loss ${formatNumber(Math.min(...finite), 3)} … ${formatNumber(Math.max(...finite), 3)}`
      : 'no finite loss';
  const model = quadratic ? `, ${quadraticText(quadratic)}` : '';
  return `α ${formatNumber(alpha[0] ?? NaN, 2)} … ${formatNumber(alpha.at(-1) ?? NaN, 2)}, ${losses}${model}`;
}
