import type { LossAtWeights } from '../../src/protocol/configure';
import { button } from '../components';
import { h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { ConfigureActions, ConfigureState } from './configureState';
import { isNoBetterThanChance, lossText } from './lossText';
import { samplePreview } from './samplePreview';

/** Shows the first samples as the model reads them, or why they cannot be read. */
export function shownSamples({ options, preview }: ConfigureState): HTMLElement {
  if (!preview) return h('p', { class: 'note' }, options.data == null ? 'No data is chosen yet.' : 'Reading…');
  return preview.fault ? faultText(preview.fault) : samplePreview(preview);
}

/** Says the loss at the weights, before anything long starts. */
export function lossLines(loss: LossAtWeights | undefined, actions: ConfigureActions): HTMLElement[] {
  switch (loss?.kind) {
    case undefined:
      return [];
    case 'measuring':
      return [
        h('p', { class: 'note' }, 'Measuring the loss on the first samples…'),
        button({ label: 'Cancel', press: actions.cancelLoss }),
      ];
    case 'cancelled':
      return [button({ label: 'Measure the loss', press: actions.measureLoss })];
    case 'failed':
      return [faultText(loss)];
    case 'measured':
      return [
        h(
          'p',
          { class: isNoBetterThanChance(loss) ? 'bad' : 'good' },
          keepFiguresWhole(lossText(loss)),
          isNoBetterThanChance(loss) && ' That is no better than chance: check data, mapping and loss.',
        ),
      ];
  }
}

function faultText({ what, action }: { what: string; action?: string }): HTMLElement {
  return h('div', { class: 'bad' }, h('p', {}, what), action !== undefined && h('p', { class: 'note' }, action));
}
