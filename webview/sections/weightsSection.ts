import type { Report } from '../../src/report/report';
import { counted } from '../../src/text/counts';
import { formatNumber } from '../../src/text/numbers';
import type { FactorBar } from '../charts/factors';
import { factorChart } from '../charts/factors';
import type { ComparedUnits } from '../charts/unitDistances';
import { equalUnits, unitDistanceChart } from '../charts/unitDistances';
import { h } from '../dom';
import { thresholdsOf } from '../thresholds';
import { balanceBars, scaleBars } from './weightBars';
import { multiple } from './multiple';
import { chartSection } from './section';
import type { Drawing, PageContext, Section } from './section';

interface Factors {
  bars: FactorBar[];
  /** Where the verdict changes, on both sides of 1; empty where no verdict names it. */
  limits: number[];
}

interface Weights {
  scales: Factors;
  balance: Factors;
  copies: readonly ComparedUnits[];
}

/** Shows the weights against one another: their scale, the balance of neighbouring layers, and copies among units. */
export function weightsSection(context: PageContext): Section {
  return chartSection<Weights>(context, {
    id: 'weights',
    title: 'Scale and symmetry of the weights',
    hint: 'The scale of every layer against the usual rules, the balance of layers that can take a factor from one another, and units that are copies. Dashed lines are thresholds.',
    part: 'dynamics',
    select,
    render({ scales, balance, copies }, draw) {
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          factors(draw, scales, {
            title: 'Scale of the weights',
            axis: 'RMS of the weights / RMS by the rule',
            summary: (far) => `Farthest from its rule: «${far.name}», by a factor of ${formatNumber(far.value, 3)}.`,
          }),
          factors(draw, balance, {
            title: 'Balance of neighbouring layers',
            axis: 'norm in / norm out',
            summary: (far) =>
              `Farthest from balance: «${far.name}», by a factor of ${formatNumber(far.value, 3)}. Whiskers: the range over the units.`,
          }),
        ),
        copies.length > 0 &&
          h('div', { class: 'small-multiples' }, ...copies.flatMap((compared) => distances(draw, compared))),
      );
    },
  });
}

function select(report: Report): Weights | undefined {
  const { weights = [], rescaling, symmetry } = report.dynamics ?? {};
  const shown: Weights = {
    scales: {
      bars: scaleBars(weights),
      limits: bothSides(thresholdsOf(report, 'initialization', (name) => name.startsWith('scale of'))),
    },
    balance: { bars: balanceBars(rescaling?.pairs ?? []), limits: bothSides(thresholdsOf(report, 'rescaling')) },
    copies: symmetry?.distances ?? [],
  };
  return shown.scales.bars.length + shown.balance.bars.length + shown.copies.length > 0 ? shown : undefined;
}

/** A verdict compares with the limit on the side of the figure; the chart shows both. */
function bothSides(thresholds: readonly number[]): number[] {
  const sizes = new Set(thresholds.map((threshold) => Math.max(threshold, 1 / threshold)));
  return [...sizes].flatMap((size) => [1 / size, size]);
}

function factors(
  draw: Drawing,
  { bars, limits }: Factors,
  { title, axis, summary }: { title: string; axis: string; summary: (farthest: FactorBar) => string },
): HTMLElement | false {
  const drawn = bars.filter(({ value }) => value > 0 && Number.isFinite(value));
  if (drawn.length === 0) return false;
  const far = drawn.reduce((a, b) => (Math.abs(Math.log(b.value)) > Math.abs(Math.log(a.value)) ? b : a));
  return multiple(draw, {
    title,
    summary: summary(far),
    rows: bars.length,
    configure: (theme) => factorChart(bars, { title: axis, limits }, theme),
  });
}

/** The distances of weights and, where it is known, of gradients: equal gradients keep equal units equal. */
function distances(draw: Drawing, compared: ComparedUnits): HTMLElement[] {
  const { layer, units, weights, gradient } = compared;
  const told = `«${layer}», ${counted(units.length, 'unit')}`;
  return [
    multiple(draw, {
      title: 'Distances of the weights',
      summary: `${equalUnits(compared)} ${told}.`,
      square: true,
      configure: (theme) => unitDistanceChart(units, weights, theme),
    }),
    ...(gradient
      ? [
          multiple(draw, {
            title: 'Distances of their gradients',
            summary: `Units with equal gradients move together. ${told}.`,
            square: true,
            configure: (theme) => unitDistanceChart(units, gradient, theme),
          }),
        ]
      : []),
  ];
}
