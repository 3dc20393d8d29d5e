import type { GgnSpectrum, HessianSpectrum } from '../../src/report/report';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import { scrollArea } from '../scrollArea';
import { table } from '../table';
import { matrixRows, residualSentence } from './matrixRows';
import { chartSection, preliminaryBadge } from './section';
import type { PageContext, Section } from './section';

interface Matrices {
  hessian: HessianSpectrum | undefined;
  ggn: GgnSpectrum | undefined;
  classes: number | undefined;
}

/** Shows the quantities of the whole spectrum for the Hessian and for the Gauss-Newton matrix. */
export function matricesSection(context: PageContext): Section {
  return chartSection<Matrices>(context, {
    id: 'matrices',
    title: 'Hessian and Gauss-Newton matrix',
    hint: 'H = G + (H − G): G is the curvature of the loss seen through the linearized network. Errors are standard errors over probes; a figure from one probe has none.',
    part: 'spectrum',
    badge: ({ hessian }) => preliminaryBadge(hessian),
    select({ spectrum: { hessian, ggn } = {}, objective }) {
      const matrices = { hessian, ggn, classes: objective?.classes };
      // Another section shows the largest eigenvalue, so a table of that value alone would add nothing.
      return matrixRows(hessian, ggn, undefined).some(({ name }) => name !== 'λ_max') ? matrices : undefined;
    },
    render({ hessian, ggn, classes }, draw) {
      const rows = matrixRows(hessian, ggn, classes);
      const columns = (['hessian', 'ggn', 'difference'] as const).filter((column) =>
        rows.some((row) => row[column] !== undefined),
      );
      const headings = { hessian: 'H', ggn: 'G', difference: 'H − G' };
      draw.body(
        scrollArea(
          'Table of the matrices',
          [
            table(
              ['quantity', ...columns.map((column) => headings[column])],
              rows.map((row) => [
                withNote(row.name, row.note),
                ...columns.map((column) => {
                  const cell = row[column];
                  return cell ? withNote(cell.figure, cell.note) : '';
                }),
              ]),
              1,
            ),
          ],
          'matrices',
        ),
        ggn?.isFisher === true &&
          h('p', { class: 'caption' }, 'G is the Fisher information matrix of the model’s distribution here.'),
        ggn?.residualPart && h('p', { class: 'caption' }, keepFiguresWhole(residualSentence(ggn.residualPart))),
      );
    },
  });
}

function withNote(text: string, note: string | undefined): HTMLElement {
  return h('div', {}, text, note !== undefined && h('span', { class: 'note' }, note));
}
