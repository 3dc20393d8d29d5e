import type { HeadroomMeasurement, NumericsMeasurement } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import type { FactorBar } from '../charts/factors';

/** Node, problem with the sample that shows it, fed by, value. */
export function troubleRows(numerics: NumericsMeasurement): string[][] {
  return numerics.map(({ node, operator, problem, deed, samples, from, value, factor }) => [
    operator === 'input' ? `input «${node}»` : `${operator} "${node}"`,
    [factor === undefined ? problem : `${problem}: factor ${formatNumber(factor, 2)}`, deed, samples]
      .filter((part) => part !== undefined)
      .join(', '),
    from,
    formatNumber(value),
  ]);
}

/** Node, headroom as a factor, operand, limit of the operand. */
export function headroomRows({ nodes }: HeadroomMeasurement): string[][] {
  return nodes.map(({ node, operator, factor, operand, limit }) => [
    `${operator} "${node}"`,
    factor < 1 ? 'none' : `factor ${formatNumber(factor, 2)}`,
    formatNumber(operand),
    limit === undefined ? '' : formatNumber(limit, 3),
  ]);
}

/** The headroom of every operator that could leave its type. */
export function headroomBars({ nodes }: HeadroomMeasurement): FactorBar[] {
  return nodes.map(({ node, factor, operand, limit }) => ({
    name: node,
    value: factor,
    note: `operand ${formatNumber(operand)}${limit === undefined ? '' : `, limit ${formatNumber(limit, 3)}`}`,
  }));
}
