import { expect, test } from 'vitest';
import { progressLine } from './progress';

function recorder(isTTY: boolean): { written: string[]; write(text: string): void; isTTY: boolean; columns: number } {
  const written: string[] = [];
  return { written, write: (text) => void written.push(text), isTTY, columns: 40 };
}

test('without a terminal, prints a plain line for a new stage and every five seconds', () => {
  const sink = recorder(false);
  let time = 0;
  const line = progressLine(sink, () => time);
  for (time = 0; time <= 12_000; time += 100) {
    line.show({ stage: time < 6_000 ? 'Loss' : 'Spectrum', detail: `${time} ms`, fraction: time / 24_000 });
  }
  line.clear();
  expect(sink.written).toEqual([
    '  0 %  Loss: 0 ms\n',
    ' 20 %  Loss: 5000 ms\n',
    ' 25 %  Spectrum: 6000 ms\n',
    ' 45 %  Spectrum: 11000 ms\n',
  ]);
});

test('on a terminal, rewrites one line that never wraps and removes it at the end', () => {
  const sink = recorder(true);
  let time = 0;
  const line = progressLine(sink, () => time);
  line.show({ stage: 'Hessian spectrum', detail: 'a long detail that does not fit', fraction: 0.5 });
  time = 10;
  line.show({ stage: 'Hessian spectrum', fraction: 0.51 });
  line.clear();
  line.clear();
  expect(sink.written).toHaveLength(2);
  const [shown, cleared] = sink.written;
  expect(shown.startsWith('\r\x1b[K██████████░░░░░░░░░░  50 %  Hess')).toBe(true);
  expect(shown.slice('\r\x1b[K'.length).length).toBeLessThan(40);
  expect(cleared).toBe('\r\x1b[K');
});

test.each([
  [4, 'a few seconds left'],
  [41, 'about 40 s left'],
  [130, 'about 2 min left'],
  [7000, 'about 2 h left'],
])('writes %d seconds as %s', (secondsLeft, words) => {
  const sink = recorder(false);
  progressLine(sink, () => 0).show({ stage: 'Loss', fraction: 0.5, secondsLeft });
  expect(sink.written).toEqual([` 50 %  Loss, ${words}\n`]);
});
