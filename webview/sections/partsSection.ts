import type { PartCurvature } from '../../src/report/sections/parts';
import type { HessianSpectrum } from '../../src/report/report';
import { mountChart } from '../charts/mount';
import { largestBars, MAX_BARS, partBars, partLevels, partSummary } from '../charts/partBars';
import type { PartLevel, PartMeasure } from '../charts/partBars';
import { canBeLog, partChart } from '../charts/parts';
import { checkbox, segmented } from '../components';
import { h } from '../dom';
import { chartSection, preliminaryBadge } from './section';
import type { PageContext, Section } from './section';

interface Parts {
  hessian: HessianSpectrum;
  parts: PartCurvature[];
}

const LEVEL_NAME: Record<PartLevel, string> = { tensor: 'Tensors', layer: 'Layers', block: 'Blocks' };

const EXPLAINED: Record<Exclude<PartMeasure, 'weights'>, string> = {
  trace: 'Traces of the diagonal blocks add up to the trace of H.',
  mean: 'The trace over the number of weights: what a single weight feels.',
  rowNorm: 'The norm of the part’s rows of H, coupling with all other parts included.',
};

/** Shows in which parts of the model the loss is sharp. */
export function partsSection(context: PageContext): Section {
  const { memory, remember } = context;
  return chartSection<Parts>(context, {
    id: 'parts',
    title: 'Curvature by layer',
    hint: 'Which parts of the model the loss is sharp in. Whiskers are one standard error over probes.',
    part: 'spectrum',
    badge: ({ hessian }) => preliminaryBadge(hessian),
    select: ({ spectrum: { hessian } = {} }) =>
      hessian?.parts && hessian.parts.length > 0 ? { hessian, parts: hessian.parts } : undefined,
    render({ parts }, draw) {
      const set = (change: Partial<typeof memory.parts>): void => {
        Object.assign(memory.parts, change);
        remember();
        draw.again();
      };
      const { measure } = memory.parts;
      const levels = partLevels(parts);
      const level = levels.find((known) => known === memory.parts.level) ?? levels[0] ?? 'tensor';
      const all = partBars(parts, measure, level);
      const bars = memory.parts.largest ? largestBars(all, measure) : all;
      const scale = canBeLog(bars) ? memory.parts.scale : 'linear';
      draw.toolbar(
        all.length > MAX_BARS + 1 &&
          checkbox(`Largest ${MAX_BARS} only`, memory.parts.largest, (largest) => set({ largest })),
        segmented(
          'Measure',
          [
            { value: 'trace', label: 'Trace' },
            { value: 'mean', label: 'Mean' },
            { value: 'rowNorm', label: 'Row norm' },
          ],
          measure,
          (chosen) => set({ measure: chosen }),
        ),
        levels.length > 1 &&
          segmented(
            'Level',
            levels.map((value) => ({ value, label: LEVEL_NAME[value] })),
            level,
            (chosen) => set({ level: chosen }),
          ),
        segmented(
          'Axis',
          [
            { value: 'linear', label: 'Linear' },
            { value: 'log', label: 'Log', disabled: canBeLog(bars) ? undefined : 'Nothing here is positive.' },
          ],
          scale,
          (chosen) => set({ scale: chosen }),
        ),
      );
      const summary = partSummary(all, measure);
      const figure = mountChart({
        name: `Curvature by ${level}`,
        summary,
        height: () => bars.length * 20 + 60,
        configure: (theme) => partChart(bars, measure, scale, theme),
      });
      draw.body(
        h('div', { class: 'tall' }, draw.figure(figure, `Curvature by ${level}`)),
        h(
          'p',
          { class: 'caption' },
          `${summary} ${EXPLAINED[measure]}`,
          bars.some(({ parts: count }) => count > 1) &&
            ' The error of the others together is an upper bound: they share their probes.',
        ),
      );
    },
  });
}
