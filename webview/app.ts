import { shownThroughout } from '../src/foreignText';
import { fill, h } from './dom';
import type { Host } from './host';
import { restoreMemory } from './memory';
import { checksSection } from './sections/checksSection';
import { companionsSection } from './sections/companionsSection';
import { comparisonSection } from './sections/comparisonSection';
import { descentSection } from './sections/descentSection';
import { detailsSection } from './sections/details';
import { eigenvaluesSection } from './sections/eigenvaluesSection';
import { header } from './sections/header';
import { insideSection } from './sections/insideSection';
import { layersSection } from './sections/layersSection';
import { linesSection } from './sections/linesSection';
import { matricesSection } from './sections/matricesSection';
import { numericsSection } from './sections/numericsSection';
import { optimizersSection } from './sections/optimizersSection';
import { partsSection } from './sections/partsSection';
import { pathSection } from './sections/pathSection';
import { planeSection } from './sections/planeSection';
import { samplesSection } from './sections/samplesSection';
import { scansSection } from './sections/scansSection';
import type { PageContext, Section } from './sections/section';
import { spectrumSection } from './sections/spectrumSection';
import { statusLine } from './sections/status';
import { verdictsSection } from './sections/verdicts';
import { weightsSection } from './sections/weightsSection';
import { wantsReducedMotion, watchTheme } from './theme';

/** Builds the page once, then shows every state that the host sends. */
export function mountApp(root: HTMLElement, host: Host): void {
  const memory = restoreMemory(host.loadMemory());
  const context: PageContext = { host, memory, remember: () => host.saveMemory(memory) };
  const status = statusLine(host);
  const head = h('div', { class: 'head' });
  const sections: Section[] = [
    comparisonSection(context),
    pathSection(context),
    verdictsSection(scrollTo),
    planeSection(context),
    linesSection(context),
    descentSection(context),
    scansSection(context),
    optimizersSection(context),
    spectrumSection(context),
    eigenvaluesSection(context),
    matricesSection(context),
    partsSection(context),
    companionsSection(context),
    layersSection(context),
    insideSection(context),
    weightsSection(context),
    samplesSection(context),
    numericsSection(context),
    checksSection(context),
    detailsSection(context),
  ];
  fill(root, h('main', {}, status.element, head, ...sections.map(({ element }) => element)));

  let restored = false;
  let headShown = '';
  host.listen((told) => {
    const state = shownThroughout(told);
    const report = state.kind === 'empty' ? undefined : state.report;
    const running = state.kind === 'running';
    status.update(state);
    const headKey = report ? JSON.stringify([running, { ...report, planes: [], lines: [], spectrum: null }]) : '';
    if (headKey !== headShown) {
      headShown = headKey;
      fill(head, report && header(report, running, host, scrollTo));
    }
    for (const section of sections) section.update(report, running);
    if (report && !running && !restored) {
      restored = true;
      // The charts must have their heights before the page can scroll to the old place.
      requestAnimationFrame(() => window.scrollTo(0, memory.scroll));
    }
  }, reveal);
  function reveal(section: string): void {
    // The old place is restored in the frame before, if at all.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scrollTo(document.getElementById(section)?.hidden === false ? section : 'verdicts');
        host.post({ type: 'revealed' });
      }),
    );
  }

  watchTheme(() => sections.forEach((section) => section.retheme()));
  rememberScroll(context, () => restored);
}

/** Brings a section into view and moves the focus there, for people who use the keyboard or a screen reader. */
function scrollTo(id: string): void {
  const target = id === 'loss' ? document.querySelector<HTMLElement>('.figures') : document.getElementById(id);
  if (!target) return;
  target.scrollIntoView({ behavior: wantsReducedMotion() ? 'auto' : 'smooth', block: 'start' });
  target.focus({ preventScroll: true });
}

function rememberScroll({ memory, remember }: PageContext, ready: () => boolean): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  window.addEventListener(
    'scroll',
    () => {
      // The browser itself scrolls the page while the page still grows, so this position is not the reader's.
      if (!ready()) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        memory.scroll = window.scrollY;
        remember();
      }, 150);
    },
    { passive: true },
  );
}
