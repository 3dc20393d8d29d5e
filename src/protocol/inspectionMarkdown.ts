import { basename } from 'node:path';
import { markdownTable, markdownText } from '../report/markdown/markdownText';
import { counted, formatExactCount } from '../text/counts';
import { formatBytes, formatFlops } from '../text/sizes';
import type { Inspection } from './worker';

/** Writes an inspection as Markdown. */
export function inspectionMarkdown(inspection: Inspection): string {
  const { inputs, outputs, parameters, constants, operators, unsupported, cost, memory, loss, warnings } = inspection;
  return [
    `# ${markdownText(basename(inspection.path))}`,
    `Opset ${inspection.opset}, IR version ${inspection.irVersion}, ${markdownText(inspection.producer || 'producer unknown')}. ` +
      `${counted(inspection.parameterCount, 'parameter')} (${formatBytes(cost.parameterBytes)}), ${counted(cost.nodes, 'node')}` +
      (cost.flopsPerSample === null ? '.' : `, about ${formatFlops(cost.flopsPerSample)} per sample.`),
    inspection.refused !== null
      ? `**Cannot be measured as it is:** ${markdownText(inspection.refused)}`
      : unsupported.length === 0
        ? '**Gradients and Hessian products work:** every operator has a derivative.'
        : `**No gradients:** ${formatExactCount(unsupported.length)} nodes have no derivative. ${inspection.stillWorks.map(markdownText).join(' ')}`,
    memory === null
      ? ''
      : `An analysis takes up to about ${formatBytes(memory.total)} of memory with ${memory.lanes === 1 ? 'one batch' : `${memory.lanes} batches`} of data, of ${formatBytes(memory.machine)} here.`,
    inspection.time ?? '',
    loss ? `Loss: \`${loss.loss}\` (${markdownText(loss.reason)}).` : '',
    ...section('Cannot be differentiated', ['node', 'operator', 'reason'], unsupported),
    ...section(
      'Warnings',
      ['warning'],
      warnings.map((warning) => ({ warning })),
    ),
    ...section('Inputs', ['name', 'type', 'shape'], inputs),
    ...section('Outputs', ['name', 'type', 'shape'], outputs),
    ...section('Operators', ['operator', 'count', 'derivative', 'note'], operators),
    ...section('Parameters', ['name', 'shape', 'count', 'reason'], parameters),
    ...section('Not parameters', ['name', 'shape', 'reason'], constants),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function section<Row extends object>(title: string, columns: (keyof Row & string)[], rows: Row[]): string[] {
  if (rows.length === 0) return [];
  return [
    `## ${title}`,
    markdownTable(
      columns,
      rows.map((row) => columns.map((column) => cell(row[column]))),
    ),
  ];
}

function cell(value: unknown): string {
  if (Array.isArray(value)) return `[${value.join(', ')}]`;
  if (typeof value === 'number') return formatExactCount(value);
  return value === undefined ? '' : String(value);
}
