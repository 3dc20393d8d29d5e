import { shownThroughout } from '../../src/foreignText';
import { unpackDated } from '../../src/protocol/measured';
import type { FileFate, ToMeasuredPage } from '../../src/protocol/measuredPage';
import { button } from '../components';
import { fill, h } from '../dom';
import type { Child } from '../dom';
import { pathLine } from '../pathLine';
import { failureBox } from '../failureBox';
import { runningBar } from '../runningBar';
import { scrollMemory } from '../scrollMemory';
import type { MeasuredHost, MeasuredWords } from './measuredWords';
import { providersPart, PROVIDERS_WORDS } from './providersPart';
import { verificationPart, VERIFICATION_WORDS } from './verificationPart';

type Told = Extract<ToMeasuredPage, { type: 'state' }>;

const WORDS: Record<Told['page'], MeasuredWords> = {
  verification: VERIFICATION_WORDS,
  providers: PROVIDERS_WORDS,
};

/** Builds the page of a measurement, then shows what the extension tells. */
export function mountMeasuredPage(root: HTMLElement, host: MeasuredHost): void {
  const memory = { scroll: scrollOf(host.loadMemory()) };
  const scroll = scrollMemory(memory, () => host.saveMemory(memory));
  const pinned = h('div', { class: 'pinned' });
  const running = runningBar(() => host.post({ type: 'cancel' }));
  const head = h('div', { class: 'head' });
  const trouble = h('div', { class: 'trouble' });
  const body = h('div', { class: 'measured-body' });
  fill(root, h('main', { class: 'measured-page' }, pinned, head, trouble, body));

  // What stays the same keeps its elements, since progress comes several times a second.
  let headShown = '';
  let bodyShown = '';
  host.listen((told) => {
    if (told.type === 'belongsTo') return host.keep({ subject: told.subject });
    const { dated, ...plain } = told;
    const { page, title, path, state, since, setting } = shownThroughout(plain);
    const words = WORDS[page];
    const isMeasuring = state.kind === 'measuring';
    if (isMeasuring) {
      running.update(words.running, state.progress);
      if (pinned.firstChild !== running.element) fill(pinned, running.element);
    } else fill(pinned);
    fill(trouble, state.kind === 'failed' && failureBox(state.failure, waysOut(state, words, host)));

    const headKey = JSON.stringify([page, title, path, state.kind, dated, since]);
    if (headKey !== headShown) {
      headShown = headKey;
      const measured = unpackDated(page, dated)?.measured;
      fill(head, header(words, { title, path, doing: state.kind, measured, since }, host));
    }
    const bodyKey = JSON.stringify([page, dated, setting, isMeasuring || state.kind === 'failed']);
    if (bodyKey !== bodyShown) {
      bodyShown = bodyKey;
      fill(body, ...parts({ page, dated, setting, isBusy: isMeasuring || state.kind === 'failed' }, host));
    }
    scroll.restore();
  });
}

function parts(
  { page, dated, setting, isBusy }: { page: Told['page']; dated?: string; setting: string; isBusy: boolean },
  host: MeasuredHost,
): Child[] {
  const nothing = isBusy ? null : h('p', { class: 'note nothing' }, WORDS[page].nothing);
  if (page === 'providers') {
    const found = unpackDated(page, dated);
    return found ? providersPart(shownThroughout(found.result), setting, host) : [nothing];
  }
  const found = unpackDated(page, dated);
  return found ? verificationPart(shownThroughout(found.result)) : [nothing];
}

const FATES: Record<FileFate, string> = {
  changed: 'The model file has changed since.',
  gone: 'The model file is gone.',
};

interface Head {
  title: string;
  path: string;
  doing: Told['state']['kind'];
  /** When the result was measured. */
  measured: string | undefined;
  since: FileFate | undefined;
}

function header(words: MeasuredWords, { title, path, doing, measured, since }: Head, host: MeasuredHost) {
  const measure = button({
    label: measured === undefined ? words.first : words.again,
    // Under a failure, the most likely help stands out.
    kind: doing === 'failed' ? 'secondary' : 'primary',
    press: () => host.post({ type: 'again' }),
  });
  return h(
    'header',
    { class: 'page-header' },
    h(
      'div',
      { class: 'title-row' },
      h('div', { class: 'title' }, h('h1', {}, words.heading(title)), path !== '' && pathLine(path)),
      doing !== 'measuring' && h('div', { class: 'actions' }, measure),
    ),
    measured !== undefined &&
      h(
        'p',
        { class: 'measured-at', role: 'status' },
        'Measured ',
        h('time', { datetime: measured }, dateText(measured)),
        '.',
        since && h('strong', { class: 'outdated' }, ` ${FATES[since]}`),
      ),
  );
}

function waysOut({ help }: Extract<Told['state'], { kind: 'failed' }>, words: MeasuredWords, host: MeasuredHost) {
  if (help.length === 0) return [{ label: words.again, press: () => host.post({ type: 'again' }) }];
  return help.map(({ id, label }) => ({ label, press: () => host.post({ type: 'help', id }) }));
}

/** The date and time of a measurement, in the reader's own time. */
function dateText(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? iso
    : new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeStyle: 'short' }).format(date);
}

function scrollOf(saved: unknown): number {
  const known = (typeof saved === 'object' && saved !== null ? saved : {}) as { scroll?: unknown };
  return typeof known.scroll === 'number' ? known.scroll : 0;
}
