import { expect, it } from 'vitest';
import { MessageReader, piecesOf } from './message';

function sent(message: unknown, cut = (piece: Buffer): Buffer[] => [piece]): MessageReader {
  const reader = new MessageReader();
  for (const piece of [...piecesOf(message)].flatMap(cut)) reader.add(Buffer.from(piece));
  return reader;
}

it('carries vectors bit by bit, beside plain values', () => {
  const message = {
    ask: 'products',
    nudge: null,
    bad: [NaN, Infinity, -0],
    vectors: [Float32Array.of(1 / 3, NaN, -0), Float64Array.of(1 / 3), new Float32Array(0)],
  };
  expect(sent(message).message).toEqual(message);
});

it('is put together whatever the size of the pieces', () => {
  const message = { a: Float32Array.from({ length: 700_000 }, (_, i) => i), b: Float64Array.of(1, 2), text: 'ü' };
  const cut = (piece: Buffer) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < piece.length; at += 65_537) parts.push(piece.subarray(at, at + 65_537));
    return parts;
  };
  const { a, ...rest } = sent(message, cut).message as typeof message;
  expect(Buffer.from(a.buffer).equals(Buffer.from(message.a.buffer))).toBe(true);
  expect(rest).toEqual({ b: message.b, text: message.text });
  // Four bytes for each number and hardly more.
  expect(sent(message).bytes).toBeLessThan(4 * 700_000 + 500);
  expect(Math.max(...[...piecesOf(message)].map(({ length }) => length))).toBe(2 ** 20);
});

it('tells that it was cut off, or that more came than it says', () => {
  const [first, ...rest] = piecesOf({ vector: Float32Array.of(1, 2, 3) });
  const reader = new MessageReader();
  reader.add(first);
  expect(reader.complete).toBe(false);
  expect(() => reader.message).toThrow('cut off');
  for (const piece of rest) reader.add(piece);
  expect(reader.complete).toBe(true);
  expect(() => reader.add(Buffer.of(1))).toThrow('longer than it says');
});
