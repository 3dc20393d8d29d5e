import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors';
import { openParquet } from './parquet';
import { checkDeltas, countInRuns, ParquetFault } from './parquetRuns';

const cases = join(__dirname, '../../test/fixtures/cases/hostile-parquet-hang');
const request = { inputs: [{ name: 'x', dtype: 'float32' as const, shape: [null, 2] }] };
const read = async (name: string) => new Uint8Array(await readFile(join(cases, name)));

/** Opens a damaged table, which must give either columns or a message. */
async function outcome(bytes: Uint8Array<ArrayBuffer>): Promise<'read' | 'refused'> {
  try {
    const { entries } = await openParquet('t.parquet', request, bytes);
    for (const entry of entries) entry.load();
    return 'read';
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return 'refused';
  }
}

describe('a damaged Parquet file', () => {
  it.each(['a.parquet', 'b.parquet', 'c.parquet'])(
    '%s, on which the library would loop forever, is refused',
    async (name) => {
      await expect(openParquet(name, request, await read(name))).rejects.toThrow('The Parquet file cannot be read');
    },
  );

  it('is read or refused with a message, whichever byte is wrong', async () => {
    const bytes = await read('a.parquet');
    let refused = 0;
    for (let at = 4; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] ^= [0x01, 0x80, 0xff, 0x7f][at % 4];
      if ((await outcome(damaged)) === 'refused') refused++;
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe('encoded runs', () => {
  it('are counted: 5 times 1, then 8 packed bits', () => {
    // 10 = 2 · 5 starts a run of five; 3 = 2 · 1 + 1 starts one group of eight.
    const bytes = Uint8Array.of(10, 1, 3, 0b0000_0110);
    expect(countInRuns(bytes, 0, 1, 13, 1)).toBe(7);
    expect(countInRuns(bytes, 0, 1, 7, 1)).toBe(6);
  });

  it('are refused if they claim more than what is left', () => {
    expect(() => countInRuns(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x0f, 1), 0, 1, 13, 1)).toThrow(ParquetFault);
    expect(() => countInRuns(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f, 1), 0, 0, 13, 1)).toThrow(ParquetFault);
    expect(() => countInRuns(Uint8Array.of(10, 1), 0, 1, 13, 1)).toThrow('ends within a number');
    expect(() => countInRuns(Uint8Array.of(10, 1), 0, 33, 5, 1)).toThrow('33 bits');
  });

  it('of deltas are refused without miniblocks', () => {
    expect(() => checkDeltas(Uint8Array.of(0x80, 0x01, 4), 0)).not.toThrow();
    expect(() => checkDeltas(Uint8Array.of(0x80, 0x01, 0), 0)).toThrow(ParquetFault);
    expect(() => checkDeltas(Uint8Array.of(0, 4), 0)).toThrow(ParquetFault);
  });
});
