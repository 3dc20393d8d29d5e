import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint';
import { Journal } from './journal';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-journal-'));
  path = join(folder, 'run.journal');
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (limit = 2 ** 30, onStop?: (reason: string) => void) => Journal.open(path, { limit, onStop });
const request = (name: string) => () => fingerprint(name);

async function write(answers: Record<string, unknown>): Promise<void> {
  const journal = await open();
  for (const [name, value] of Object.entries(answers)) {
    await journal.recall(request(name));
    await journal.append('answer', request(name), value, 1);
  }
  await journal.close();
}

/** Recalls requests with these names in this order. */
async function recalled(...names: string[]): Promise<unknown[]> {
  const journal = await open();
  const values: unknown[] = [];
  for (const name of names) {
    const known = await journal.recall(request(name));
    values.push(known?.kind === 'answer' ? known.value : null);
  }
  await journal.close();
  return values;
}

describe('a journal', () => {
  it('returns numbers, vectors and the objects that hold them bit for bit', async () => {
    const answer = {
      list: [Float32Array.of(1.1, NaN, -0, Infinity), new Float32Array(0)],
      wide: Float64Array.of(Math.PI),
      loss: NaN,
      none: null,
      nested: { flag: true, text: 'é' },
    };
    await write({ a: answer });
    expect(await recalled('a')).toEqual([answer]);
  });

  it('keeps an answer even if the caller changes it afterwards', async () => {
    const journal = await open();
    const product = Float32Array.of(1, 2);
    await journal.append('answer', request('a'), [product]);
    product.fill(9);
    await journal.close();
    expect(await recalled('a')).toEqual([[Float32Array.of(1, 2)]]);
  });

  it('counts its products', async () => {
    await write({ a: 1, b: 2, c: 3 });
    const journal = await open();
    expect(journal.products).toBe(3);
    await journal.close();
  });

  it('drops everything after a different request and continues from there', async () => {
    await write({ a: 1, b: 2, c: 3 });
    expect(await recalled('a', 'x', 'c')).toEqual([1, null, null]);
    await write({ a: 1, x: 4 });
    expect(await recalled('a', 'b')).toEqual([1, null]);
  });

  it('continues after its last record', async () => {
    await write({ a: 1 });
    const journal = await open();
    expect(await journal.recall(request('a'))).toEqual({ kind: 'answer', value: 1 });
    expect(await journal.recall(request('b'))).toBeNull();
    await journal.append('answer', request('b'), 2);
    await journal.close();
    expect(await recalled('a', 'b')).toEqual([1, 2]);
  });

  it.each([1, 60, 100])('ignores a last record that lacks %i bytes', async (missing) => {
    await write({ a: [Float32Array.of(1, 2, 3)], b: [Float32Array.of(4, 5, 6)] });
    truncateSync(path, statSync(path).size - missing);
    expect(await recalled('a', 'b')).toEqual([[Float32Array.of(1, 2, 3)], null]);
    await write({ a: 1 });
  });

  it('ignores trailing bytes that are not a record', async () => {
    await write({ a: 1 });
    const { size } = statSync(path);
    appendFileSync(path, 'not a record, though as long as a header, and longer, and longer, and longer, and longer');
    expect(await recalled('a', 'b')).toEqual([1, null]);
    expect(statSync(path).size).toBe(size);
  });

  it('notices a changed byte anywhere in a record', async () => {
    await write({ a: [Float32Array.of(1, 2, 3)], b: 7 });
    const whole = readFileSync(path);
    const first = whole.indexOf('RLJ1', 1);
    for (let at = 0; at < first; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 0x10;
      writeFileSync(path, damaged);
      expect(await recalled('a'), `byte ${at}`).toEqual([null]);
    }
  });

  it('stops at its limit, says so once and keeps what it has', async () => {
    const told: string[] = [];
    const journal = await open(1000, (reason) => told.push(reason));
    await journal.append('answer', request('a'), new Float32Array(100));
    await journal.append('answer', request('b'), new Float32Array(1000));
    await journal.append('answer', request('c'), 1);
    await journal.close();
    expect(told).toEqual([expect.stringContaining('has reached')]);
    expect(await recalled('a', 'b', 'c')).toEqual([new Float32Array(100), null, null]);
  });

  it('is empty if the file is missing or is not a journal', async () => {
    expect(await recalled('a')).toEqual([null]);
    writeFileSync(path, 'something else');
    expect(await recalled('a')).toEqual([null]);
    expect(statSync(path).size).toBe(0);
  });
});

describe('the partial results of a call', () => {
  const journalOf = async (...kinds: ['part' | 'answer' | 'asked', unknown][]) => {
    const journal = await open();
    for (const [kind, value] of kinds) await journal.append(kind, request('a'), value);
    await journal.close();
  };
  const recall = async () => {
    const told: unknown[] = [];
    const journal = await open();
    const known = await journal.recall(request('a'), (part) => told.push(part));
    await journal.close();
    return { known, told };
  };

  it('are replayed before the answer', async () => {
    await journalOf(['part', 1], ['part', 2], ['answer', 3]);
    expect(await recall()).toEqual({ known: { kind: 'answer', value: 3 }, told: [1, 2] });
  });

  it('are not replayed if the answer is missing', async () => {
    await journalOf(['part', 1], ['part', 2]);
    expect(await recall()).toEqual({ known: null, told: [] });
    expect(statSync(path).size).toBe(0);
  });

  it('are not replayed if any of them is damaged', async () => {
    await journalOf(['part', 1], ['part', 2], ['answer', 3]);
    const bytes = readFileSync(path);
    bytes[bytes.lastIndexOf('RLJ1') - 1] ^= 1;
    writeFileSync(path, bytes);
    expect(await recall()).toEqual({ known: null, told: [] });
  });

  it('are measured again if the answer was too long to be kept', async () => {
    await journalOf(['part', 1], ['asked', null]);
    expect(await recall()).toEqual({ known: { kind: 'asked' }, told: [] });
  });
});

describe('a fingerprint', () => {
  it('differs for values that differ in a bit or a type', () => {
    const values = [
      [Float32Array.of(0)],
      [Float32Array.of(-0)],
      [Int32Array.of(0)],
      [Float32Array.of(0, 0)],
      [[Float32Array.of(0)]],
      [0],
      [-0],
      ['0'],
      [null],
      [undefined],
      [{ a: 0 }],
      [{ a: undefined, b: 0 }],
      [],
    ];
    expect(new Set(values.map((value) => fingerprint(value).toString('hex'))).size).toBe(values.length);
  });

  it('ignores signals and callbacks', () => {
    const { signal } = new AbortController();
    expect(fingerprint({ a: 1, signal, onPoint: () => undefined })).toEqual(fingerprint({ a: 1 }));
  });
});
