import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
} from '@vscode/webview-ui-toolkit';
import { h } from './dom';

/** Makes the page's components. Only this file imports the component library, so that the library can be replaced. */

/** Registers the components. The page calls it once, before it makes any component. */
export function registerComponents(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption());
}

export interface ButtonOptions {
  label: string;
  /** What pressing does, where the label is a glyph or too short to say it. */
  description?: string;
  kind?: 'primary' | 'secondary' | 'icon';
  press: () => void;
}

export function button({ label, description, kind = 'secondary', press }: ButtonOptions): HTMLElement {
  return h(
    'vscode-button',
    { appearance: kind, 'aria-label': spokenName(kind, label, description), title: description, click: press },
    ...(kind === 'icon' ? [h('span', { class: 'icon-label' }, label)] : [label]),
  );
}

/** The name that assistive technology reads. It contains the visible words, since people call a button by these. */
function spokenName(kind: ButtonOptions['kind'], label: string, description: string | undefined): string | undefined {
  if (description === undefined || kind === 'icon') return description;
  return description.toLowerCase().includes(label.toLowerCase()) ? description : `${label}: ${description}`;
}

export function checkbox(label: string, checked: boolean, change: (checked: boolean) => void): HTMLElement {
  const element = h('vscode-checkbox', { checked }, label) as HTMLElement & { checked: boolean };
  element.addEventListener('change', () => change(element.checked));
  return element;
}

export interface Choice<T extends string> {
  value: T;
  label: string;
}

export function dropdown<T extends string>(
  label: string,
  choices: readonly Choice<T>[],
  chosen: T,
  change: (value: T) => void,
): HTMLElement {
  const element = h(
    'vscode-dropdown',
    { 'aria-label': label },
    ...choices.map(({ value, label: text }) => h('vscode-option', { value, selected: value === chosen }, text)),
  ) as HTMLElement & { value: string };
  element.addEventListener('change', () => {
    const choice = choices.find(({ value }) => value === element.value);
    if (choice) change(choice.value);
  });
  return element;
}

let groups = 0;

/** Offers a choice of views as native radio buttons, which support arrow keys and screen readers. */
export function segmented<T extends string>(
  label: string,
  choices: readonly (Choice<T> & { disabled?: string })[],
  chosen: T,
  change: (value: T) => void,
): HTMLElement {
  const name = `segmented-${(groups += 1)}`;
  return h(
    'div',
    { class: 'segmented', role: 'radiogroup', 'aria-label': label },
    ...choices.map(({ value, label: text, disabled }) =>
      h(
        'label',
        { title: disabled },
        h('input', {
          type: 'radio',
          name,
          value,
          checked: value === chosen,
          disabled: disabled !== undefined,
          change: () => change(value),
        }),
        h('span', {}, text),
      ),
    ),
  );
}

export interface SliderOptions {
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** Formats the value for screen readers. */
  text: (value: number) => string;
  change: (value: number) => void;
}

export function slider({ label, min, max, step, value, text, change }: SliderOptions): HTMLInputElement {
  const input = h('input', {
    type: 'range',
    min,
    max,
    step,
    value,
    'aria-label': label,
    'aria-valuetext': text(value),
  });
  input.addEventListener('input', () => {
    input.setAttribute('aria-valuetext', text(input.valueAsNumber));
    change(input.valueAsNumber);
  });
  return input;
}
