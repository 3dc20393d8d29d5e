import { expect, it } from 'vitest';
import type { Dated } from '../../protocol/measured';
import { KeptResults } from './keptResults';

/** The editor's memory, which keeps what JSON can say. */
function memory() {
  const values = new Map<string, string>();
  return {
    get: <T>(key: string) => (values.has(key) ? (JSON.parse(values.get(key)!) as T) : undefined),
    update: (key: string, value: unknown) => Promise.resolve(void values.set(key, JSON.stringify(value))),
  };
}

const verified = (value: number): Dated<'verification'> => ({
  result: { checks: [{ name: 'gradient', value, limit: 1, passed: false, detail: '' }], data: 'd.npz', fileTime: 0 },
  measured: '2026-01-01T00:00:00.000Z',
});

it('keeps the last result of each subject, with numbers that JSON lacks', async () => {
  const shared = memory();
  const kept = new KeptResults(shared);
  await kept.keep('verification', '/a.onnx', verified(1));
  await kept.keep('verification', '/a.onnx', verified(NaN));
  await kept.keep('verification', '/b.onnx', verified(2));
  const reloaded = new KeptResults(shared);
  expect(reloaded.find('verification', '/a.onnx')).toEqual(verified(NaN));
  expect(reloaded.find('verification', '/b.onnx')).toEqual(verified(2));
  expect(reloaded.find('verification', '/c.onnx')).toBeUndefined();
  expect(reloaded.find('providers', '/a.onnx')).toBeUndefined();
});

it('forgets the oldest of more than fifty', async () => {
  const kept = new KeptResults(memory());
  for (let i = 0; i < 52; i++) await kept.keep('verification', `/${i}.onnx`, verified(i));
  expect([0, 1, 2, 51].map((i) => kept.find('verification', `/${i}.onnx`) !== undefined)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});
