import { LOSSES, PARTS, PRESETS } from '../../src/options/options';
import type { LossName, Part, Preset } from '../../src/options/options';
import type { FormOptions, LossAtWeights, ToForm } from '../../src/protocol/configure';
import type { DataPreview } from '../../src/protocol/dataPreview';
import type { DataCandidate, Inspection } from '../../src/protocol/worker';
import { formatExpectedSeconds } from '../../src/text/time';
import { button, checkbox, segmented } from '../components';
import { fill, h } from '../dom';
import { keepFiguresWhole } from '../format';
import type { EditorHost } from './editorHost';
import { countField, field, select } from './formFields';
import { isNoBetterThanChance, lossText } from './lossText';
import { pagePart } from './panel';
import { samplePreview } from './samplePreview';

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

/** The form that configures an analysis. It shows what the model would read, and the loss, before anything long starts. */
export function configureSection(host: EditorHost) {
  const { element, body } = pagePart(
    'configure',
    'Configure analysis',
    'What is set here is saved beside the model. Everything else in that file stays as it is.',
  );
  element.hidden = true;
  element.setAttribute('tabindex', '-1');
  let options: FormOptions = {};
  let inspection: Inspection | undefined;
  let candidates: readonly DataCandidate[] = [];
  let preview: DataPreview | undefined;
  let loss: LossAtWeights | undefined;
  let started = false;
  let message: { text: string; bad: boolean } | undefined;
  const dataFields = h('div', { class: 'fields' });
  const measureFields = h('div', { class: 'fields' });
  const shown = h('div', { class: 'preview-place' });
  const lossPlace = h('div', { class: 'loss-place', role: 'status' });
  const told = h('p', { class: 'told', role: 'status' });
  fill(
    body,
    h(
      'div',
      { class: 'form' },
      h('div', {}, dataFields, lossPlace),
      h('div', {}, h('h3', {}, 'The first samples, as the model reads them'), shown, measureFields),
    ),
    told,
    h(
      'div',
      { class: 'actions' },
      button({ label: 'Analyze', kind: 'primary', press: () => host.post({ type: 'save', options, analyze: true }) }),
      button({ label: 'Save', press: () => host.post({ type: 'save', options, analyze: false }) }),
      button({
        label: 'Close',
        press: () => {
          element.hidden = true;
          host.post({ type: 'cancelLoss' });
        },
      }),
    ),
  );

  const ask = (): void => {
    preview = undefined;
    loss = undefined;
    render();
    host.post({ type: 'preview', options });
  };
  const set = (more: FormOptions, reads = true): void => {
    options = { ...options, ...more };
    message = undefined;
    if (reads) ask();
    else render();
  };

  function render(): void {
    const focused = document.activeElement?.id;
    fill(dataFields, ...dataControls());
    fill(measureFields, ...measureControls());
    fill(
      shown,
      !preview
        ? h('p', { class: 'note' }, options.data == null ? 'No data is chosen yet.' : 'Reading…')
        : preview.fault
          ? faultText(preview.fault)
          : samplePreview(preview),
    );
    fill(lossPlace, ...lossLines());
    told.textContent = message?.text ?? '';
    told.classList.toggle('bad', message?.bad ?? false);
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function dataControls(): HTMLElement[] {
    const files = candidates.map(({ path, fits }) => ({
      value: path,
      label: `${nameOf(path)}${fits ? '' : ' (does not fit)'}`,
    }));
    const data = select(
      [{ value: '', label: 'none' }, ...files, { value: 'generated', label: 'generated inputs, for a first look' }],
      options.data ?? '',
      (path) => set({ data: path === '' ? null : path, input: null, target: null }),
    );
    data.id = 'configure-data';
    const choose = (kind: 'file' | 'folder', label: string): HTMLElement =>
      button({ label, press: () => host.post({ type: 'chooseData', kind, options }) });
    const arrays = (preview?.arrays ?? []).map(({ key, description }) => ({ value: key, label: description }));
    const inputs = inspection?.inputs ?? [];
    return [
      field(
        'Data',
        data,
        h('div', { class: 'actions' }, choose('file', 'Choose file…'), choose('folder', 'Choose folder…')),
      ),
      ...inputs.map(({ name, shape }, i) => {
        const wish = options.input?.[name];
        const found = preview?.inputs.find((input) => input.name === name)?.key;
        const automatic = found && wish === undefined ? `automatic: ${found}` : 'automatic';
        const list = select(
          [{ value: '', label: automatic }, ...arrays],
          wish === undefined ? '' : String(wish),
          (key) => set({ input: withKey(options.input ?? {}, name, key) }),
        );
        list.id = `configure-input-${i}`;
        return field(`Input «${name}» ${shape}`, list);
      }),
      (() => {
        const found = preview?.target?.key;
        const automatic = found && options.target == null ? `automatic: ${found}` : 'automatic';
        const list = select([{ value: '', label: automatic }, ...arrays], options.target ?? '', (key) =>
          set({ target: key === '' ? null : key }),
        );
        list.id = 'configure-target';
        return field('Targets', list);
      })(),
      lossControl(),
    ];
  }

  function lossControl(): HTMLElement {
    const guess = candidates.find(({ path }) => path === options.data)?.loss ?? inspection?.loss ?? null;
    const measured = loss?.kind === 'measured' ? loss.function : guess?.loss;
    const automatic = measured && options.loss == null ? `automatic: ${measured}` : 'automatic';
    const list = select(
      [{ value: '', label: automatic }, ...LOSSES.map((value) => ({ value, label: value }))],
      options.loss ?? '',
      (value) => set({ loss: value === '' ? null : (value as LossName) }),
    );
    list.id = 'configure-loss';
    return field('Loss', list, options.loss == null && guess && h('p', { class: 'note' }, `Guessed: ${guess.reason}.`));
  }

  function lossLines(): HTMLElement[] {
    switch (loss?.kind) {
      case undefined:
        return [];
      case 'measuring':
        return [
          h('p', { class: 'note' }, 'Measuring the loss on the first samples…'),
          button({ label: 'Cancel', press: () => host.post({ type: 'cancelLoss' }) }),
        ];
      case 'cancelled':
        return [button({ label: 'Measure the loss', press: ask })];
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

  function measureControls(): HTMLElement[] {
    const times = inspection?.expectedSeconds;
    const preset: Preset = options.preset ?? 'standard';
    const samples = countField(options.samples, (count) => set({ samples: count }, false));
    samples.id = 'configure-samples';
    const chosen: readonly Part[] = options.only ?? PARTS;
    return [
      field('Samples', samples),
      h(
        'div',
        { class: 'field' },
        h('span', {}, 'Preset'),
        segmented(
          'Preset',
          PRESETS.map((value) => ({ value, label: value })),
          preset,
          (value) => set({ preset: value }, false),
        ),
        times &&
          h('p', { class: 'note' }, `Takes ${formatExpectedSeconds(times[preset])} for 1,000 samples and all parts.`),
      ),
      h(
        'fieldset',
        { class: 'field' },
        h('legend', {}, 'What is measured'),
        h(
          'div',
          { class: 'parts' },
          ...PARTS.map((part) =>
            checkbox(PART_NAMES[part], chosen.includes(part), (on) => {
              const parts = PARTS.filter((other) => (other === part ? on : chosen.includes(other)));
              set({ only: parts.length === PARTS.length || parts.length === 0 ? null : parts }, false);
            }),
          ),
        ),
      ),
    ];
  }

  return {
    element,
    open(): void {
      element.hidden = false;
      host.post({ type: 'configure' });
      element.scrollIntoView({ block: 'start' });
      element.focus({ preventScroll: true });
    },
    setModel(next: Inspection): void {
      inspection = next;
      if (!element.hidden) render();
    },
    setCandidates(next: readonly DataCandidate[]): void {
      candidates = next;
      if (element.hidden || !started) return;
      if (options.data == null && suggested(next)) set({ data: suggested(next)! });
      else render();
    },
    receive(told: ToForm): void {
      switch (told.type) {
        case 'form':
          started = true;
          options = { ...told.options, data: told.options.data ?? suggested(candidates) };
          message = undefined;
          return ask();
        case 'preview':
          // The user may have chosen other data in a dialog, with a mapping of their own.
          if (told.data !== (options.data ?? null))
            options = { ...options, data: told.data, input: null, target: null };
          preview = told.preview;
          return render();
        case 'loss':
          loss = told.loss;
          return render();
        case 'saved':
          message = { text: `Saved in ${told.file}.`, bad: false };
          return render();
        case 'refused':
          message = { text: [told.what, told.action].filter(Boolean).join(' '), bad: true };
          return render();
      }
    },
  };
}

function suggested(candidates: readonly DataCandidate[]): string | null {
  return candidates.find(({ fits }) => fits)?.path ?? null;
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

function faultText({ what, action }: { what: string; action?: string }): HTMLElement {
  return h('div', { class: 'bad' }, h('p', {}, what), action !== undefined && h('p', { class: 'note' }, action));
}

function nameOf(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
