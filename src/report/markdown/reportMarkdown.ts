import { basename } from 'node:path';
import { counted } from '../../text/counts';
import { formatNumber, formatEvidence } from '../../text/numbers';
import { checksThat } from '../checkState';
import type { Finding, Report } from '../report';
import { comparison, tally } from '../text/checks';
import { figureRows, measuredOn } from '../text/figureRows';
import { byLevel, LEVELS, LEVEL_TEXT, levelOf } from '../text/level';
import { notMeasured } from '../text/notMeasured';
import { withShownNames } from '../text/shownNames';
import { comparisonMarkdown } from './comparisonMarkdown';
import { markdownTable, markdownText } from './markdownText';

/**
 * Writes the report as Markdown, for a pull request, an issue or an agent: the verdicts by consequence, what needs action
 * at the top, each with evidence and advice; then the figures with their errors, and what limits them.
 */
export function reportMarkdown(measured: Report): string {
  const report = withShownNames(measured);
  const { diagnostics, warnings, checks = [] } = report;
  const sorted = byLevel(diagnostics);
  return `${[
    `# Loss landscape of ${markdownText(basename(report.model.path))}`,
    markdownText(measuredOn(report)),
    report.complete ? '' : '**This report is incomplete: the analysis was stopped.**',
    ...headlineBlock(report),
    ...failedChecks(report),
    ...block('Comparison', report.comparison ? comparisonMarkdown(report.comparison) : []),
    ...LEVELS.filter((level) => level !== 'fine').flatMap((level) =>
      block(LEVEL_TEXT[level], sorted.filter((finding) => levelOf(finding) === level).map(verdict)),
    ),
    ...fineLine(sorted),
    ...block('Figures', [markdownTable(['figure', 'value'], rowsInCells(report))]),
    ...block('What limits these figures', [...warnings, ...notMeasured(report)].length > 0 ? [limits(report)] : []),
    checks.length > 0 ? `Self-checks of the derivatives: ${tally(checks)}.` : '',
    `Ridgeline ${report.provenance.version}, seed ${report.provenance.seed}, ${markdownText(report.provenance.started)}.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')}\n`;
}

/** The parts of a row stand apart in a terminal; a cell of Markdown would join them. */
const rowsInCells = (report: Report) =>
  figureRows(report).map(([label, text]) => [label, text.replace(/ {3,}/g, '; ')]);

/** The report in two sentences. */
const headlineBlock = ({ headline }: Report): string[] =>
  headline ? [`**${markdownText(headline.state)}** ${markdownText(headline.next)}`] : [];

/** "Fine: Local minimum (present), Saddle point (absent)." */
function fineLine(findings: readonly Finding[]): string[] {
  const fine = findings.filter((finding) => levelOf(finding) === 'fine');
  if (fine.length === 0) return [];
  return [`${LEVEL_TEXT.fine}: ${fine.map(({ title, verdict }) => `${markdownText(title)} (${verdict})`).join(', ')}.`];
}

function verdict({ title, verdict: state, severity, summary, evidence, advice }: Finding): string {
  const figures = evidence.map(({ name, value, error, threshold }) => {
    const limit = threshold === undefined ? '' : ` (threshold ${formatNumber(threshold)})`;
    return `- ${markdownText(`${name}: ${formatEvidence(value, error)}${limit}`)}`;
  });
  return [
    `**${markdownText(title)}** (${state === 'present' ? `present, ${severity}` : state}): ${markdownText(summary)}`,
    [...figures, ...advice.map((text) => `- → ${markdownText(text)}`)].join('\n'),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function failedChecks({ checks = [] }: Report): string[] {
  const failed = checksThat('failed', checks);
  if (failed.length === 0) return [];
  return [
    `**${failed.length} of ${counted(checks.length, 'self-check')} failed: these figures may be wrong.**`,
    failed.map((check) => `- ${markdownText(`${check.name}: ${comparison(check)}`)}`).join('\n'),
  ];
}

function limits(report: Report): string {
  return [...report.warnings, ...notMeasured(report)].map((text) => `- ${markdownText(text)}`).join('\n');
}

function block(title: string, parts: readonly string[]): string[] {
  return parts.length > 0 ? [`## ${title}`, ...parts] : [];
}
