import type { Eigenvalue, GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { formatNumber } from '../../src/text/numbers';
import { rankLabel } from '../charts/eigenvalues';
import { h } from '../dom';
import { scrollArea } from '../scrollArea';
import { table } from '../table';

type ErrorKind = 'residual' | 'noise' | 'data';

export interface EigenvalueRow {
  name: string;
  value: number;
  errors: Record<ErrorKind, number | undefined>;
  /** The largest of the three errors, which is the one to reduce first. */
  leading: ErrorKind;
  converged: boolean;
}

/** Lists every eigenvalue with its three separate errors, in the order of the charts. */
export function eigenvalueRows(hessian: HessianSpectrum | undefined, ggn: GgnSpectrum | undefined): EigenvalueRow[] {
  const rows = (matrix: string, end: 'largest' | 'smallest', values: readonly Eigenvalue[], noise: number) =>
    values.map(({ value, residual, converged, dataError }, i): EigenvalueRow => {
      const errors = { residual, noise, data: dataError };
      const leading = (Object.keys(errors) as ErrorKind[]).reduce((a, b) =>
        (errors[b] ?? 0) > (errors[a] ?? 0) ? b : a,
      );
      return { name: `${matrix}  ${rankLabel(end, i + 1)}`, value, errors, leading, converged };
    });
  return [
    ...(hessian ? rows('H', 'largest', hessian.top, hessian.noiseFloor) : []),
    ...(hessian ? rows('H', 'smallest', hessian.bottom, hessian.noiseFloor) : []),
    ...(ggn ? rows('G', 'largest', ggn.top, ggn.noiseFloor) : []),
  ];
}

export function eigenvalueTable(rows: readonly EigenvalueRow[]): HTMLElement {
  const withData = rows.some(({ errors }) => errors.data !== undefined);
  return scrollArea(
    'Table of the eigenvalues',
    [
      table(
        ['eigenvalue', 'λ', '± residual', '± float32', ...(withData ? ['± data'] : [])],
        rows.map(({ name, value, errors, leading, converged }) => {
          const error = (kind: ErrorKind) =>
            h(kind === leading ? 'strong' : 'span', {}, formatNumber(errors[kind] ?? NaN, 2));
          return [
            h(
              'span',
              {},
              name,
              !converged &&
                h(
                  'span',
                  { class: 'not-converged', role: 'img', 'aria-label': 'not converged', title: 'not converged' },
                  ' ○',
                ),
            ),
            formatNumber(value, 6),
            error('residual'),
            error('noise'),
            ...(withData ? [errors.data === undefined ? '' : error('data')] : []),
          ];
        }),
        1,
      ),
    ],
    'eigenvalue-table',
  );
}
