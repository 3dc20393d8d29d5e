import { PARTS, PRESETS } from '../../src/options/options';
import type { Part, Preset } from '../../src/options/options';
import type { ExpectedTime, FormOptions } from '../../src/protocol/configure';
import { checkbox, segmented } from '../components';
import { fill, h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { ConfigureActions, ConfigureState } from './configureState';
import { expectedTimeText } from './expectedTimeText';
import { countField, field } from './formFields';

const PART_NAMES: Record<Part, string> = {
  loss: 'Loss',
  gradient: 'Gradient',
  spectrum: 'Hessian spectrum',
  ggn: 'Gauss-Newton spectrum',
  lines: 'Lines',
  plane: 'Planes',
  dynamics: 'Training dynamics',
  optimizers: 'Optimizers',
};

/** The controls of the form that say how much is measured, with the time that this takes. */
export function measureControls(actions: ConfigureActions) {
  const element = h('div', { class: 'fields' });
  const time = h('p', { class: 'note', role: 'status' });
  let options: FormOptions = {};
  const tell = (expected: ExpectedTime | null | undefined): void => {
    const text = expectedTimeText(expected, options.preset ?? 'standard', options.only ?? PARTS);
    time.textContent = keepFiguresWhole(text);
  };

  return {
    element,
    /** Makes the controls anew. While the user types, they stay as they are. */
    reset(state: ConfigureState): void {
      ({ options } = state);
      const samples = countField(options.samples, (count) => actions.setMeasures({ samples: count }));
      samples.id = 'configure-samples';
      const preset: Preset = options.preset ?? 'standard';
      fill(
        element,
        field('Samples', samples),
        h(
          'div',
          { class: 'field' },
          h('span', {}, 'Preset'),
          segmented(
            'Preset',
            PRESETS.map((value) => ({ value, label: value })),
            preset,
            (value) => actions.setMeasures({ preset: value }),
          ),
          time,
        ),
        h(
          'fieldset',
          { class: 'field' },
          h('legend', {}, 'What is measured'),
          h('div', { class: 'parts' }, ...PARTS.map((part) => partBox(part))),
        ),
      );
      tell(state.time);
    },
    /** Tells the time for the options as they are now. */
    update(state: ConfigureState): void {
      ({ options } = state);
      tell(state.time);
    },
  };

  function partBox(part: Part): HTMLElement {
    const chosen: readonly Part[] = options.only ?? PARTS;
    return checkbox(PART_NAMES[part], chosen.includes(part), (on) => {
      const now: readonly Part[] = options.only ?? PARTS;
      const parts = PARTS.filter((other) => (other === part ? on : now.includes(other)));
      actions.setMeasures({ only: parts.length === PARTS.length ? null : parts });
    });
  }
}
