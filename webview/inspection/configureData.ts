import { LOSSES } from '../../src/options/options';
import type { LossName } from '../../src/options/options';
import type { FormOptions } from '../../src/protocol/configure';
import { button } from '../components';
import { h } from '../dom';
import type { ConfigureActions, ConfigureState } from './configureState';
import { field, select } from './formFields';

/** The controls of the form that say which data are read, which array is which input, and which loss is taken. */
export function dataControls(state: ConfigureState, actions: ConfigureActions): HTMLElement[] {
  const { options, candidates, preview, inspection } = state;
  const files = candidates.map(({ path, fits }) => ({
    value: path,
    label: `${nameOf(path)}${fits ? '' : ' (does not fit)'}`,
  }));
  const data = select(
    [{ value: '', label: 'none' }, ...files, { value: 'generated', label: 'generated inputs, for a first look' }],
    options.data ?? '',
    (path) => actions.setData({ data: path === '' ? null : path, input: null, target: null }),
  );
  data.id = 'configure-data';
  const choose = (kind: 'file' | 'folder', label: string): HTMLElement =>
    button({ label, press: () => actions.chooseData(kind) });
  const arrays = (preview?.arrays ?? []).map(({ key, description }) => ({ value: key, label: description }));
  /** A list of the arrays of the data. The first entry leaves the choice to the program. */
  const arrayList = (id: string, found: string | null | undefined, chosen: string | undefined, set: Setter) => {
    const automatic = found && chosen === undefined ? `automatic: ${found}` : 'automatic';
    const list = select([{ value: '', label: automatic }, ...arrays], chosen ?? '', set);
    list.id = id;
    return list;
  };
  return [
    field(
      'Data',
      data,
      h('div', { class: 'actions' }, choose('file', 'Choose file…'), choose('folder', 'Choose folder…')),
    ),
    ...(inspection?.inputs ?? []).map(({ name, shape }, i) => {
      const wish = options.input?.[name];
      const found = preview?.inputs.find((input) => input.name === name)?.key;
      const chosen = wish === undefined ? undefined : String(wish);
      const list = arrayList(`configure-input-${i}`, found, chosen, (key) =>
        actions.setData({ input: withKey(options.input ?? {}, name, key) }),
      );
      return field(`Input «${name}» ${shape}`, list);
    }),
    field(
      'Targets',
      arrayList('configure-target', preview?.target?.key, options.target ?? undefined, (key) =>
        actions.setData({ target: key === '' ? null : key }),
      ),
    ),
    lossControl(state, actions),
  ];
}

type Setter = (value: string) => void;

function lossControl({ options, candidates, inspection, loss }: ConfigureState, actions: ConfigureActions) {
  const guess = candidates.find(({ path }) => path === options.data)?.loss ?? inspection?.loss ?? null;
  const measured = loss?.kind === 'measured' ? loss.function : guess?.loss;
  const automatic = measured && options.loss == null ? `automatic: ${measured}` : 'automatic';
  const list = select(
    [{ value: '', label: automatic }, ...LOSSES.map((value) => ({ value, label: value }))],
    options.loss ?? '',
    (value) => actions.setData({ loss: value === '' ? null : (value as LossName) }),
  );
  list.id = 'configure-loss';
  return field('Loss', list, options.loss == null && guess && h('p', { class: 'note' }, `Guessed: ${guess.reason}.`));
}

function withKey(
  input: NonNullable<FormOptions['input']>,
  name: string,
  key: string,
): NonNullable<FormOptions['input']> | null {
  const others = Object.entries(input).filter(([other]) => other !== name);
  const next = Object.fromEntries(key === '' ? others : [...others, [name, key]]);
  return Object.keys(next).length === 0 ? null : next;
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
