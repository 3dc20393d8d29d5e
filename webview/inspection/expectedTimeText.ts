import { PARTS } from '../../src/options/options';
import type { Part, Preset } from '../../src/options/options';
import type { ExpectedTime } from '../../src/protocol/configure';
import { counted } from '../../src/text/counts';
import { formatExpectedSeconds } from '../../src/text/time';

/** Says how long the analysis takes that the form describes. */
export function expectedTimeText(
  expected: ExpectedTime | null | undefined,
  preset: Preset,
  parts: readonly Part[],
): string {
  if (parts.length === 0) return 'Choose at least one part.';
  if (expected === undefined) return 'Estimating the time…';
  if (expected === null) return '';
  const { samples, seconds } = expected[preset];
  const which = parts.length === PARTS.length ? 'all parts' : parts.length === 1 ? 'this part' : 'these parts';
  return `Takes ${formatExpectedSeconds(seconds)} for ${counted(samples, 'sample')} and ${which}.`;
}
