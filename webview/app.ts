import { shownThroughout } from '../src/foreignText';
import type { PageState } from '../src/protocol/pageState';
import { withShownNames } from '../src/report/text/shownNames';
import { fill, h } from './dom';
import type { Host } from './host';
import { restoreMemory } from './memory';
import { scrollMemory } from './scrollMemory';
import { checksSection } from './sections/checksSection';
import { companionsSection } from './sections/companionsSection';
import { comparisonSection } from './sections/comparisonSection';
import { descentSection } from './sections/descentSection';
import { detailsSection } from './sections/details';
import { eigenvaluesSection } from './sections/eigenvaluesSection';
import { header } from './sections/header';
import { headlineSection } from './sections/headlineSection';
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
import { sectionBar } from './sectionBar';
import { sectionFold } from './sectionFold';
import { layOut, sectionName } from './sectionMap';
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
  const headline = headlineSection();
  const sections: Section[] = [
    comparisonSection(context),
    pathSection(context),
    verdictsSection((id) => show(id)),
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
  const { grid, ordered } = layOut(sections.map(({ element }) => element));
  const mapped = ordered.map((element) => ({
    element,
    name: sectionName(element.id),
    fold: sectionFold(element, context),
  }));
  const bar = sectionBar(mapped, (id) => scrollTo(id));
  /** Brings a section into view, unfolded, and moves the focus there, for people who use keyboard or screen reader. */
  function scrollTo(id: string): void {
    mapped.find(({ element }) => element.id === id)?.fold?.set(false);
    const target = id === 'loss' ? head.querySelector<HTMLElement>('.figures') : document.getElementById(id);
    if (!target) return;
    target.scrollIntoView({ behavior: wantsReducedMotion() ? 'auto' : 'smooth', block: 'start' });
    target.focus({ preventScroll: true });
  }
  /** Follows a link in the text, which promises all that the section holds. */
  function show(id: string): void {
    document.getElementById(id)?.querySelector('details.whole')?.setAttribute('open', '');
    scrollTo(id);
  }
  fill(root, h('main', {}, status.pinned, status.element, head, bar.element, grid));
  new ResizeObserver(() => bar.setTop(status.pinned.offsetHeight)).observe(status.pinned);

  const scroll = scrollMemory(memory, context.remember);
  let headShown = '';
  host.listen((told) => {
    const state = named(shownThroughout(told));
    const report = 'report' in state ? state.report : undefined;
    const running = state.kind === 'running';
    const stopped = state.kind === 'report' && state.stopped !== undefined;
    status.update(state);
    const headKey = report
      ? JSON.stringify([running, stopped, { ...report, planes: [], lines: [], spectrum: null }])
      : state.kind === 'running'
        ? state.title
        : '';
    if (headKey !== headShown) {
      headShown = headKey;
      // Until the model is read, its name is all that is known.
      const early = state.kind === 'running' && h('h1', {}, state.title);
      fill(head, report ? header(report, { running, stopped }, host, show, headline.element) : early);
    }
    headline.update(report, running);
    const parts = (running ? state.parts : undefined) ?? report?.provenance.options.only;
    for (const section of sections) section.update(report, running, parts);
    bar.update();
    if (report && !running) scroll.restore();
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
}

/** Names the parameters of the report in a state as people know them. */
function named(state: PageState): PageState {
  return 'report' in state && state.report ? { ...state, report: withShownNames(state.report) } : state;
}
