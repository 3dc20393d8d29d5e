import { button } from '../components';
import { fill, h } from '../dom';
import { dataControls } from './configureData';
import { lossLines, shownSamples } from './configureLoss';
import { measureControls } from './configureMeasures';
import type { ConfigureActions, ConfigureState } from './configureState';

/** The form as it lies on the page. It shows a state and keeps none. */
export interface MountedForm {
  /** Shows the data, the first samples and the loss; the focus stays where it was. */
  render(state: ConfigureState): void;
  /** Shows the time that the analysis will take. */
  updateMeasures(state: ConfigureState): void;
  /** Shows other options of what is measured than those that were typed. */
  resetMeasures(state: ConfigureState): void;
  /** Says how saving went. */
  say(text: string, bad?: boolean): void;
}

/** What the buttons below the form do. */
interface FormButtons {
  save: (analyze: boolean) => void;
  close: () => void;
}

/** Lays the form out inside `body`. */
export function configureForm(body: HTMLElement, actions: ConfigureActions, { save, close }: FormButtons): MountedForm {
  const dataFields = h('div', { class: 'fields' });
  const measures = measureControls(actions);
  const shown = h('div', { class: 'preview-place' });
  const lossPlace = h('div', { class: 'loss-place', role: 'status' });
  const told = h('p', { class: 'told', role: 'status' });
  fill(
    body,
    h(
      'div',
      { class: 'form' },
      h('div', {}, dataFields, lossPlace),
      h('div', {}, h('h3', {}, 'The first samples, as the model reads them'), shown, measures.element),
    ),
    told,
    h(
      'div',
      { class: 'actions' },
      button({ label: 'Analyze', kind: 'primary', press: () => save(true) }),
      button({ label: 'Save', press: () => save(false) }),
      button({ label: 'Close', press: close }),
    ),
  );
  return {
    render(state) {
      const focused = document.activeElement?.id;
      fill(dataFields, ...dataControls(state, actions));
      fill(shown, shownSamples(state));
      fill(lossPlace, ...lossLines(state.loss, actions));
      if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    },
    updateMeasures: (state) => measures.update(state),
    resetMeasures: (state) => measures.reset(state),
    say(text, bad = false) {
      told.textContent = text;
      told.classList.toggle('bad', bad);
    },
  };
}
