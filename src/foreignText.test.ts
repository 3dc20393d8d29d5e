import { expect, test } from 'vitest';
import { formatError, UserError } from './errors';
import { shown, shownThroughout } from './foreignText';

test.each([
  ['colours and titles of a terminal', 'a\x1b[31mb\x1b]0;t\x07', 'a\\x1b[31mb\\x1b]0;t\\x07'],
  ['a C1 control, as one character', 'a\x9b31m', 'a\\x9b31m'],
  [
    'new lines, which forge lines of ours',
    'a\r\nall fine\u2028b\u2029\u0085',
    'a\\r\\nall fine\\u{2028}b\\u{2029}\\x85',
  ],
  ['marks that turn the direction', 'a\u202egpj.exe\u2066\u200f', 'a\\u{202e}gpj.exe\\u{2066}\\u{200f}'],
  ['what has no width', 'lo\u200bss\u2060\ufeff\u00ad\u3164', 'lo\\u{200b}ss\\u{2060}\\u{feff}\\xad\\u{3164}'],
  ['a joiner that joins Latin letters', 'lo\u200dss', 'lo\\u{200d}ss'],
  ['half of a character', 'a\ud83d', 'a\\u{d83d}'],
  ['a deletion and a null', 'a\x7f\0', 'a\\x7f\\x00'],
])('writes out %s', (_, text, expected) => {
  expect(shown(text)).toBe(expected);
  expect(shown(shown(text))).toBe(expected);
});

test.each([
  'weights/κ_1 «ß»',
  'C:\\new\\table.csv',
  'שלום עולם',
  'مرحبا بالعالم \u0601',
  'می\u200cخواهم',
  '層1 重み',
  'क्\u200dष',
  '👩🏽\u200d🔬 ❤️\u200d🔥 🇩🇪',
])('leaves %s as it is', (text) => {
  expect(shown(text)).toBe(text);
});

test('shows both ends of a long name without splitting a character', () => {
  expect(shown('abcdefghij', 5)).toBe('ab…ij');
  const long = shown('😀'.repeat(1e6));
  expect(long.length).toBeLessThanOrEqual(200);
  expect(long).toMatch(/^(?:😀)+…(?:😀)+$/u);
  expect(shown('\x1b'.repeat(1000)).length).toBeLessThanOrEqual(200);
});

test('covers every text of a report and leaves numbers untouched', () => {
  const losses = [1, NaN];
  const report = {
    model: { path: 'a\n' },
    lines: [{ loss: losses, direction: 'to/\x1b' }],
    byName: { 'x\r': 1 },
    none: null,
  };
  const clean = shownThroughout(report);
  expect(clean).toEqual({
    model: { path: 'a\\n' },
    lines: [{ loss: losses, direction: 'to/\\x1b' }],
    byName: { 'x\\r': 1 },
    none: null,
  });
  expect(clean.lines[0].loss).toBe(losses);
});

test('an error escapes names, so that they cannot add lines', () => {
  const error = new UserError({ what: 'No «a\nb».', where: ['node "\x1b[2J"'], action: 'Rename \u202e.' });
  expect(error.message).toBe('No «a\\nb».\n  at node "\\x1b[2J"\n  → Rename \\u{202e}.');
  expect(error.where).toEqual(['node "\\x1b[2J"']);
  expect(formatError({ what: 'x'.repeat(1e6) }).length).toBeLessThan(2100);
});
