import { counted, formatCount } from '../../text/counts';
import { formatMeasured, formatNumber, formatPercent, formatWithError } from '../../text/numbers';
import type { Report } from '../report';
import { basinText } from './basin';
import { roughnessText } from './roughness';
import { curvatureRows } from './curvatureRows';
import type { Row } from './curvatureRows';
import { raceLine } from './optimizers';

/** Makes one row per figure of the report, with its error. Terminal and Markdown show the same rows. */
export function figureRows(report: Report): Row[] {
  const { objective, gradient, parameters } = report;
  const rows: Row[] = [];
  if (objective) rows.push(['loss', lossText(objective)]);
  const test = objective?.test ?? report.dynamics?.test;
  if (test) rows.push(['test loss', lossText(test)]);
  if (gradient) {
    rows.push(['‖∇L‖', formatMeasured(gradient.norm, gradient.noiseFloor ?? 0)]);
    if (gradient.curvature !== undefined) rows.push(['∇LᵀH∇L', formatNumber(gradient.curvature, 3)]);
  }
  if (parameters) rows.push(['‖θ‖', formatNumber(parameters.norm, 3)]);
  const basin = report.landscape ? basinText(report.landscape) : '';
  if (basin) rows.push(['basin', basin]);
  const rough = report.landscape?.roughness;
  if (rough) rows.push(['roughness', roughnessText(rough)]);
  const race = raceLine(report);
  return [...rows, ...curvatureRows(report), ...(race === null ? [] : [['optimizers', race] satisfies Row])];
}

/** Says what was measured, as in "7,850 parameters · cross_entropy over 1,000 samples · cpu (2 threads)". */
export function measuredOn({ model, objective, provider }: Report): string {
  const parts = [counted(model.parameterCount, 'parameter')];
  if (objective) {
    const data = objective.generated ? 'generated inputs' : 'samples';
    parts.push(`${objective.function} over ${formatCount(objective.samples)} ${data}`);
  }
  if (provider) parts.push(`${provider.used} (${provider.device})`);
  return parts.join(' · ');
}

interface ToldLoss {
  loss: number;
  standardError: number;
  accuracy?: number;
  rSquared?: number;
}

function lossText({ loss, standardError, accuracy, rSquared }: ToldLoss): string {
  const scores = [
    ...(accuracy === undefined ? [] : [`accuracy ${formatPercent(accuracy)}`]),
    ...(rSquared === undefined ? [] : [`R² ${formatNumber(rSquared)}`]),
  ];
  return [formatWithError(loss, standardError), ...scores].join('   ');
}
