import { h } from '../dom';
import type { Child } from '../dom';

export interface SelectChoice {
  value: string;
  label: string;
}

let fields = 0;

/** A labelled control of the form with a remark below it. */
export function field(label: string, control: HTMLElement, ...remarks: Child[]): HTMLElement {
  control.id ||= `field-${(fields += 1)}`;
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, ...remarks);
}

/** A native list of choices, which the keyboard and screen readers know. */
export function select(
  choices: readonly SelectChoice[],
  chosen: string,
  change: (value: string) => void,
): HTMLSelectElement {
  const known = choices.some(({ value }) => value === chosen);
  // What the options file names is shown even where the data have no such array.
  const all = known ? choices : [...choices, { value: chosen, label: chosen }];
  return h(
    'select',
    { change: ({ target }) => change((target as HTMLSelectElement).value) },
    ...all.map(({ value, label }) => h('option', { value, selected: value === chosen }, label)),
  );
}

/** A whole number, or nothing. */
export function countField(value: number | null | undefined, change: (value: number | null) => void): HTMLInputElement {
  return h('input', {
    type: 'number',
    class: 'filter',
    min: 1,
    step: 1,
    placeholder: 'all',
    value: value ?? '',
    // What is being typed counts at once, so that a reload of the window keeps it.
    input: ({ target }) => {
      const { value: text, valueAsNumber } = target as HTMLInputElement;
      change(text === '' ? null : valueAsNumber);
    },
  });
}
