import type { FormOptions, ToForm } from '../../src/protocol/configure';
import type { DataCandidate, Inspection } from '../../src/protocol/worker';
import { configureForm } from './configureForm';
import { suggested } from './configureState';
import type { ConfigureActions, ConfigureState } from './configureState';
import type { EditorHost } from './editorHost';
import { pagePart } from './panel';

/** How long the user must rest from typing before the time is estimated anew. */
const RESTING_MS = 250;

/** Keeps the open form, so that it survives a reload; null where it is closed. */
export interface FormMemory {
  form: FormOptions | null;
}

/** The form that configures an analysis. It shows what the model would read, and the loss, before anything long starts. */
export function configureSection(host: EditorHost, memory: FormMemory, remember: () => void) {
  const { element, body } = pagePart(
    'configure',
    'Configure analysis',
    'What is set here is saved beside the model. Everything else in that file stays as it is.',
  );
  element.hidden = true;
  element.setAttribute('tabindex', '-1');
  const state: ConfigureState = { options: {}, candidates: [] };
  let started = false;
  /** Whether the form waits for the options of the options file. */
  let opening = false;
  let typing: ReturnType<typeof setTimeout> | undefined;
  const actions: ConfigureActions = {
    setData(more) {
      keep(more);
      ask();
    },
    setMeasures(more) {
      keep(more);
      state.time = undefined;
      form.updateMeasures(state);
      clearTimeout(typing);
      typing = setTimeout(() => host.post({ type: 'expect', options: state.options }), RESTING_MS);
    },
    chooseData: (kind) => host.post({ type: 'chooseData', kind, options: state.options }),
    measureLoss: () => ask(),
    cancelLoss: () => host.post({ type: 'cancelLoss' }),
  };
  const save = (analyze: boolean): void => host.post({ type: 'save', options: state.options, analyze });
  const form = configureForm(body, actions, { save, close });
  const render = (): void => form.render(state);

  function keep(more: FormOptions): void {
    state.options = { ...state.options, ...more };
    memory.form = state.options;
    remember();
    form.say('');
  }

  function ask(): void {
    state.preview = state.loss = state.time = undefined;
    render();
    form.updateMeasures(state);
    host.post({ type: 'preview', options: state.options });
  }

  /** Shows the form with these options. */
  function begin(options: FormOptions): void {
    started = true;
    keep(options);
    form.resetMeasures(state);
    ask();
  }

  function close(): void {
    element.hidden = true;
    memory.form = null;
    remember();
    host.post({ type: 'cancelLoss' });
  }

  return {
    element,
    open(): void {
      if (element.hidden) opening = true;
      element.hidden = false;
      host.post({ type: 'configure' });
      element.scrollIntoView({ block: 'start' });
      element.focus({ preventScroll: true });
    },
    /** Shows the form as it was before the page was loaded again, if it was open. */
    restore(): void {
      if (!memory.form || started) return;
      element.hidden = false;
      begin(memory.form);
    },
    setModel(next: Inspection): void {
      state.inspection = next;
      if (!element.hidden) render();
    },
    setCandidates(next: readonly DataCandidate[]): void {
      state.candidates = next;
      if (element.hidden || !started) return;
      if (state.options.data == null && suggested(next)) actions.setData({ data: suggested(next)! });
      else render();
    },
    receive(message: ToForm): void {
      switch (message.type) {
        case 'form':
          // Calling the form again leaves what was typed into it.
          if (!opening) return;
          opening = false;
          return begin({ ...message.options, data: message.options.data ?? suggested(state.candidates) });
        case 'preview':
          // The user may have chosen other data in a dialog, with a mapping of their own.
          if (message.data !== (state.options.data ?? null)) keep({ data: message.data, input: null, target: null });
          state.preview = message.preview;
          return render();
        case 'loss':
          state.loss = message.loss;
          return render();
        case 'time':
          state.time = message.time;
          return form.updateMeasures(state);
        case 'saved':
          return form.say(`Saved in ${message.file}.`);
        case 'refused':
          return form.say([message.what, message.action].filter(Boolean).join(' '), true);
      }
    },
  };
}
