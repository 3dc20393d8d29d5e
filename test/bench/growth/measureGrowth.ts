import { bytesText, secondsText } from '../cells';
import { inChild } from '../job';
import { TextTable } from '../textTable';
import { FAMILIES } from './families';
import { amountText } from './figure';
import { fitPowerLaw } from './fit';
import type { GrowthFigures } from './measurePoint';

/** Measures time and memory of every family at every size, each in a process of its own. */
export async function measureGrowth(
  say: (...lines: string[]) => void,
): Promise<{ family: string; points: GrowthFigures[] }[]> {
  const table = new TextTable([
    { title: 'growth', width: 36 },
    ...Array.from({ length: 5 }, (_, i) => ({ title: `size ${i + 1}`, width: 26 })),
    { title: 'exponent of time', width: 16 },
    { title: 'of memory', width: 9 },
  ]);
  say('', 'Growth: amount, time, memory beyond the start', '', table.header());
  const measured = [];
  for (const [family, { title, sizes }] of Object.entries(FAMILIES)) {
    const points: GrowthFigures[] = [];
    for (const size of sizes) points.push(await inChild('growth', { family, size }));
    measured.push({ family, points });
    const cells = points.map(
      ({ amount, seconds, bytes }) => `${amountText(amount)} ${secondsText(seconds)} ${bytesText(bytes)}`,
    );
    say(table.row([title, ...cells, ...exponents(points)]));
  }
  return measured;
}

/** Exponents of time and of memory, formatted for the tables. */
export function exponents(points: readonly GrowthFigures[]): [time: string, memory: string] {
  const exponent = (pick: 'seconds' | 'bytes') =>
    fitPowerLaw(points.map((point) => [point.amount, point[pick]])).exponent.toFixed(2);
  return [exponent('seconds'), exponent('bytes')];
}
