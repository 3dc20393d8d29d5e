import { basename } from 'node:path';
import type { ProviderProbe } from '../protocol/worker';
import { checksThat, stateOf } from '../report/checkState';
import type { Check } from '../report/sections/checks';
import { markdownTable, markdownText } from '../report/markdown/markdownText';
import { tally } from '../report/text/checks';
import { formatNumber } from '../text/numbers';

export function verificationPage(model: string, checks: Check[]): string {
  const failed = checksThat('failed', checks).length;
  return [
    `# ${markdownText(basename(model))}: self-checks of the derivatives`,
    failed === 0 ? `Checks: ${tally(checks)}.` : `**${failed} of ${checks.length} checks failed.**`,
    markdownTable(
      ['', 'check', 'disagreement', 'limit', 'detail'],
      checks.map((check) => [
        { passed: '✓', failed: '✗', unjudged: '?' }[stateOf(check)],
        check.name,
        formatNumber(check.value, 2),
        formatNumber(check.limit, 2),
        check.detail,
      ]),
    ),
  ].join('\n\n');
}

export function providersPage(providers: ProviderProbe[], chosen: string, reason: string): string {
  return [
    '# Execution providers on this machine',
    `\`auto\` chooses **${markdownText(chosen)}**: ${markdownText(reason)}`,
    markdownTable(
      ['provider', 'device', 'GFLOP/s', 'difference from CPU', 'bits of 24'],
      providers.map(({ name, available, device, gflops, error, bits }) => [
        available ? `**${name}**` : name,
        device,
        available ? formatNumber(gflops, 3) : '–',
        available ? formatNumber(error, 2) : '–',
        available ? String(bits) : '–',
      ]),
    ),
  ].join('\n\n');
}
