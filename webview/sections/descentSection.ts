import type { Report } from '../../src/report/report';
import type { DrawnNoise } from '../charts/batchCosine';
import { batchCosineChart, batchCosineSummary } from '../charts/batchCosine';
import { batchNoiseChart, batchNoiseSummary } from '../charts/batchNoise';
import type { DrawnDescent } from '../charts/descent';
import { descentChart, descentSummary } from '../charts/descent';
import type { DrawnStability } from '../charts/stepFactor';
import { stepFactorChart, stepFactorSummary } from '../charts/stepFactor';
import type { DrawnEscapes } from '../charts/waysOut';
import { waysOutChart, waysOutSummary } from '../charts/waysOut';
import { h } from '../dom';
import { multiple } from './multiple';
import { chartSection } from './section';
import type { PageContext, Section } from './section';

interface Shown {
  descent: DrawnDescent | null;
  noise: DrawnNoise | null;
  ways: DrawnEscapes | null;
  stability: DrawnStability | null;
}

/**
 * Shows where steps lead: the measured descent along the gradient, other ways out, how much of the gradient a batch of
 * samples sees, and whether the training's own step is stable.
 */
export function descentSection(context: PageContext): Section {
  return chartSection<Shown>(context, {
    id: 'descent',
    title: 'Where steps lead',
    hint: 'How far a step along −∇L really lowers the loss, which other ways lead down, and how large a batch has to be to see the gradient.',
    part: 'dynamics',
    select,
    render({ descent, noise, ways, stability }, draw) {
      draw.body(
        h(
          'div',
          { class: 'small-multiples' },
          descent &&
            multiple(draw, {
              title: 'Descent along −∇L',
              summary: descentSummary(descent),
              configure: (theme) => descentChart(descent, theme),
            }),
          noise &&
            multiple(draw, {
              title: 'Gradient and chance',
              summary: batchNoiseSummary(noise),
              configure: (theme) => batchNoiseChart(noise, theme),
            }),
          // Without a signal beyond chance, the cosine is zero for every batch.
          noise?.noise.unbiasedScale !== undefined &&
            multiple(draw, {
              title: 'Direction of a batch',
              summary: batchCosineSummary(noise),
              configure: (theme) => batchCosineChart(noise, theme),
            }),
          ways &&
            multiple(draw, {
              title: 'Ways out',
              summary: waysOutSummary(ways),
              rows: ways.escapes.length,
              configure: (theme) => waysOutChart(ways, theme),
            }),
          stability &&
            multiple(draw, {
              title: 'Stability of the training’s step',
              summary: stepFactorSummary(stability),
              configure: (theme) => stepFactorChart(stability, theme),
            }),
        ),
      );
    },
  });
}

function select({ objective, gradient, dynamics, spectrum }: Report): Shown | undefined {
  if (!objective || !gradient || !dynamics) return undefined;
  const { descent, noise, escape = [], stability } = dynamics;
  const { loss, samples } = objective;
  const lambdaMax = Math.max(...(spectrum?.hessian?.top ?? []).map(({ value }) => value));
  const shown: Shown = {
    descent: descent ? { descent, loss, gradient } : null,
    noise: noise && noise.traceOfCovariance.value > 0 ? { noise, gradientNorm: gradient.norm, samples } : null,
    ways: escape.length > 0 ? { escapes: escape, loss } : null,
    stability: stability && lambdaMax > 0 ? { ...stability, lambdaMax } : null,
  };
  return Object.values(shown).some((part) => part !== null) ? shown : undefined;
}
