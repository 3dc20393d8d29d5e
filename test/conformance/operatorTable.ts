import { loweredOperators } from '../../src/lower/table';
import type { Outcome } from './checkCase';
import type { Placement } from './placement';

/**
 * Operators that are constant almost everywhere or have no floating output. A zero derivative is right for them and
 * does not stop the gradient of the rest.
 */
const FLAT = new Set([
  'ai.onnx.ml.Binarizer',
  ...['And', 'Or', 'Xor', 'Not', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsNaN', 'IsInf'],
  ...['Sign', 'Floor', 'Ceil', 'Round', 'ArgMax', 'ArgMin', 'Hardmax', 'EyeLike', 'Shape', 'Size'],
]);

const NOTES: Readonly<Record<string, string>> = {
  Abs: 'slope 0 at 0',
  BatchNormalization: 'training mode too, as a function of the whole batch',
  Compress: 'the condition must be known beforehand',
  Det: 'up to 8 × 8',
  Dropout: 'as in evaluation mode, with a warning where it would draw',
  DynamicQuantizeLinear: 'passed straight through',
  Expand: 'the shape must be known beforehand',
  GridSample: 'by image and grid',
  If: 'branches of one shape where the data decide',
  Loop: 'at most 4096 steps; where the data decide, no derivatives beyond 256',
  Max: 'equal operands share the gradient evenly',
  MaxUnpool: 'indices count in the output, as ONNX Runtime has it',
  Min: 'equal operands share the gradient evenly',
  MaxPool: 'the first of equal elements takes the gradient',
  OneHot: 'by the two values; the depth must be known beforehand',
  QuantizeLinear: 'passed straight through',
  Relu: 'slope 0 at 0',
  ReduceL2: 'slope 0 where all elements are 0',
  ReduceMax: 'equal elements share the gradient evenly',
  ReduceMin: 'equal elements share the gradient evenly',
  Reshape: 'the shape must be known beforehand',
  Resize: 'scales, sizes and region must be known beforehand',
  RoiAlign: 'averages with a given sampling ratio',
  Scan: 'sequences of one length; at most 4096 steps',
  ScatterElements: 'several updates of one element: by add, mul, max, min',
  ScatterND: 'several updates of one row: by add, mul, max, min',
  Slice: 'starts and ends must be known beforehand',
  TopK: 'k must be known beforehand',
};

export interface OperatorRow {
  operator: string;
  gradient: 'exact' | 'zero';
  hessian: 'exact' | 'zero';
  note: string;
}

/** The row of every operator that is lowered. */
export function operatorRows(): OperatorRow[] {
  return loweredOperators.map((operator) => {
    const derivative = FLAT.has(operator) ? 'zero' : 'exact';
    return { operator, gradient: derivative, hessian: derivative, note: NOTES[operator] ?? '' };
  });
}

const INTRODUCTION = `# Operators

The operators of the ONNX standard that Ridgeline supports, from opset 7 on. Gradient and Hessian products are exact:
they are derived symbolically and checked against central differences on ONNX's own backend test cases. "zero" marks
operators that are constant almost everywhere or have no floating-point output. The last column counts the cases whose
value, gradient and Hessian product are right. Operators without a number have no test case.

Every operator runs on the CPU provider. The column WebGPU says where ONNX Runtime ran value, gradient and Hessian product
of the smallest case with that provider: all on the device, or which of ONNX's operators stayed on the CPU, with copies
there and back. The runtime's profiler measured each node, on a software Vulkan driver. The column is empty where there
is no case or nothing to run. An analysis on WebGPU falls back to the CPU as a whole where the device's numbers differ or
a graph fails there, as it does where the column says so.

Everything else is run by ONNX Runtime as it is, if it knows it: loss lines and planes work, gradients do not pass
through it, and \`ridgeline inspect\` names it.

Written by \`npm run conformance -- FOLDER --table\`; without a folder the rows are brought up to date and the counts kept.
The column WebGPU is written by \`npm run conformance -- FOLDER --webgpu\`.
`;

/** The page with its rows brought up to date. The counts of cases and the column WebGPU stay as they are. */
export function refreshedPage(page: string): string {
  const lines = page.split('\n');
  const first = lines.findIndex((line) => line.startsWith('| '));
  const last = lines.findLastIndex((line) => line.startsWith('| '));
  const kept = measuredCells(page);
  const rows = operatorRows().map((row) => rowText(row, kept.get(row.operator)));
  return [...lines.slice(0, first + 2), ...rows, ...lines.slice(last + 1)].join('\n');
}

/** The cells of a table row: the texts between the bars. */
export function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Cells whose content comes from a run. */
interface MeasuredCells {
  webgpu: string;
  count: string;
}

/** The measured cells that the page already has, by operator. */
function measuredCells(page: string): Map<string, MeasuredCells> {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  return new Map(
    rows.slice(2).map((line) => {
      const cells = cellsOf(line);
      return [
        cells[0],
        { webgpu: cells[COLUMNS.indexOf('WebGPU')] ?? '', count: cells[COLUMNS.indexOf('cases')] ?? '' },
      ];
    }),
  );
}

/** The text of the column WebGPU for a case. */
export function placementText({ device, cpu }: Placement): string {
  if (device + cpu.length === 0) return '';
  if (cpu.length === 0) return 'device';
  return device === 0 ? 'CPU' : `CPU for ${cpu.join(', ')}`;
}

/** The page with the measured placements of some operators. The other operators keep theirs. */
export function pageWithPlacements(page: string, placements: ReadonlyMap<string, string>): string {
  const kept = measuredCells(page);
  return page
    .split('\n')
    .map((line) => {
      const operator = line.startsWith('| ') ? cellsOf(line)[0] : '';
      const row = operatorRows().find((each) => each.operator === operator);
      const webgpu = placements.get(operator);
      return row && webgpu !== undefined ? rowText(row, { count: kept.get(operator)?.count ?? '', webgpu }) : line;
    })
    .join('\n');
}

const COLUMNS = ['operator', 'gradient', 'Hessian', 'WebGPU', 'note', 'cases'];

const rowText = ({ operator, gradient, hessian, note }: OperatorRow, { webgpu, count } = { webgpu: '', count: '' }) =>
  `| ${operator} | ${gradient} | ${hessian} | ${webgpu} | ${note} | ${count} |`;

/**
 * Writes the page docs/operators.md.
 * @param page the present page, whose column WebGPU is kept
 */
export function operatorPage(outcomes: readonly Outcome[], page: string): string {
  const kept = measuredCells(page);
  const rows = operatorRows().map((row) => {
    const cases = outcomes.filter((outcome) => outcome.operator === row.operator);
    const right = cases.filter(({ status }) => status === 'passed' || status === 'value').length;
    const count = cases.length > 0 ? `${right} of ${cases.length}` : '';
    return rowText(row, { webgpu: kept.get(row.operator)?.webgpu ?? '', count });
  });
  const known = new Set(loweredOperators);
  const others = (status: Outcome['status']) =>
    [
      ...new Set(outcomes.filter((o) => o.status === status && !known.has(o.operator)).map(({ operator }) => operator)),
    ].sort();
  const right = outcomes.filter(({ status }) => status === 'passed' || status === 'value').length;
  const failed = outcomes.filter(({ status }) => status === 'failed').length;
  const total = `${outcomes.length} cases: ${right} right, ${failed} wrong, ${outcomes.length - right - failed} refused.`;
  const table = [`| ${COLUMNS.join(' | ')} |`, `|${' --- |'.repeat(COLUMNS.length)}`, ...rows];
  const rest = [
    `With settings known beforehand, computed once: ${others('value').join(', ') || 'none'}.`,
    `Refused among the cases: ${others('refused').join(', ') || 'none'}.`,
  ];
  return `${[INTRODUCTION, ...table, '', ...rest, '', total].join('\n')}\n`;
}
