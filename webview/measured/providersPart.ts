import type { ProvidersFound } from '../../src/protocol/measured';
import { formatNumber } from '../../src/text/numbers';
import { button } from '../components';
import { h } from '../dom';
import type { Child } from '../dom';
import type { MeasuredHost, MeasuredWords } from './measuredWords';

export const PROVIDERS_WORDS: MeasuredWords = {
  heading: () => 'Execution providers of this machine',
  first: 'Probe',
  again: 'Probe again',
  running: 'Probing execution providers',
  nothing: 'The execution providers of this machine have not been tried yet.',
};

type Probe = ProvidersFound['providers'][number];

/** Shows each provider in a row, what analyses run on, and what the user can do about it. */
export function providersPart(found: ProvidersFound, setting: string, host: MeasuredHost): Child[] {
  const fastest = Math.max(...found.providers.map(({ gflops }) => gflops));
  return [
    settingLine(found, setting, host),
    h(
      'table',
      { class: 'data stacked providers-table', 'aria-label': 'Execution providers' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Provider', 'Available', 'Device'].map((text) => h('th', { scope: 'col' }, text)),
          h('th', { scope: 'col', class: 'number' }, 'Speed'),
          h('th', { scope: 'col' }, 'Reason'),
          h('th', { scope: 'col' }, 'Action'),
        ),
      ),
      h('tbody', {}, ...found.providers.map((probe) => row(probe, { found, setting, fastest }, host))),
    ),
    h(
      'p',
      { class: 'caption' },
      'Speed is that of a product of two matrices. The options file beside a model may name another provider for that model.',
    ),
  ];
}

/** Says what analyses run on, and offers to leave the choice to the machine where the settings name a provider. */
function settingLine({ chosen, reason, providers }: ProvidersFound, setting: string, host: MeasuredHost) {
  const automatic = setting === 'auto';
  const isUsable = providers.some(({ name, isUsable }) => name === setting && isUsable);
  const why = automatic
    ? `, chosen automatically: ${reason}.`
    : isUsable
      ? `, as the settings say. Automatically it would be ${chosen}.`
      : `, because ${setting}, for which the settings ask, cannot be used here.`;
  return h(
    'div',
    { class: 'setting-line' },
    h('p', {}, 'Analyses run on ', h('strong', {}, automatic ? chosen : isUsable ? setting : 'cpu'), why),
    !automatic &&
      button({ label: 'Choose automatically', press: () => host.post({ type: 'choose', provider: 'auto' }) }),
  );
}

interface Shown {
  found: ProvidersFound;
  setting: string;
  fastest: number;
}

function row(probe: Probe, { found, setting, fastest }: Shown, host: MeasuredHost): HTMLElement {
  const { name, available, device, reason } = probe;
  const asked = found.providers.find((other) => other.name === setting);
  const isInUse = name === (setting === 'auto' ? found.chosen : asked?.isUsable ? setting : 'cpu');
  return h(
    'tr',
    { class: available ? 'available' : 'missing' },
    h('th', { scope: 'row' }, h('strong', {}, name), isInUse && h('span', { class: 'badge' }, 'in use')),
    h(
      'td',
      {},
      h('span', { class: `check-sign ${available ? 'passed' : ''}`, 'aria-hidden': 'true' }, available ? '✓' : '–'),
      available ? ' yes' : ' no',
    ),
    h('td', { 'data-label': 'Device', class: device === '' ? 'blank' : undefined }, device === '' ? '–' : device),
    h(
      'td',
      { class: available ? 'number' : 'number blank', 'data-label': 'Speed' },
      available ? speed(probe, fastest) : '–',
    ),
    h('td', { class: 'reason' }, sentence(reason)),
    h('td', { class: 'action' }, action(probe, setting, host)),
  );
}

/** The rate as a number and as a bar beside that of the fastest, with what the device keeps of the CPU's figures. */
function speed({ gflops, error, bits, name }: Probe, fastest: number): HTMLElement {
  const filled = h('span', { class: 'share-fill' });
  filled.style.width = `${fastest > 0 ? (100 * gflops) / fastest : 0}%`;
  const agreement =
    name === 'cpu' ? `${bits} of 24 bits` : `differs from the CPU by ${formatNumber(error, 2)}, ${bits} of 24 bits`;
  return h(
    'span',
    { class: 'speed' },
    `${formatNumber(gflops, 3)}\u00a0GFLOP/s`,
    h('span', { class: 'share-track', 'aria-hidden': 'true' }, filled),
    h('span', { class: 'note' }, agreement),
  );
}

function action({ name, isInstallable, isUsable }: Probe, setting: string, host: MeasuredHost): Child {
  if (isInstallable) {
    return button({ label: 'Install CUDA Libraries…', press: () => host.post({ type: 'install' }) });
  }
  if (!isUsable || name === setting) return null;
  return button({
    label: 'Use for analyses',
    description: `Use for analyses: ${name}`,
    press: () => host.post({ type: 'choose', provider: name }),
  });
}

/** A reason as a sentence of its own. Names of files and of settings keep their spelling. */
function sentence(reason: string): string {
  const begun = /^[a-z]+[ ,;']/.test(reason) ? reason.charAt(0).toUpperCase() + reason.slice(1) : reason;
  return begun === '' || /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
