import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from '../journal/fingerprint';
import { PartWriter, readEntry, readPart } from './partFile';

const FACTS = { node: 'n1', machine: 'linux', provider: 'cpu', seconds: 1 };
const small = fingerprint('small');
const large = fingerprint('large');
const long = Float32Array.from({ length: 10_000 }, (_, i) => i);

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'part-'));
  path = join(folder, '0.part');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function written(): Promise<void> {
  const writer = await PartWriter.create(path);
  await writer.add(small, { loss: 1.5, accuracy: NaN });
  await writer.add(large, [long]);
  await writer.finish(FACTS);
}

describe('the file of a part', () => {
  it('gives back every answer, small and large, and where it was measured', async () => {
    await written();
    const { entries, facts } = (await readPart(path))!;
    expect(facts).toEqual(FACTS);
    expect((await readEntry(entries.get(small.toString('hex'))!)).value).toEqual({ loss: 1.5, accuracy: NaN });
    expect((await readEntry(entries.get(large.toString('hex'))!)).value).toEqual([long]);
  });

  it('has its name only when it is whole', async () => {
    const writer = await PartWriter.create(path);
    await writer.add(small, 1);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
    await writer.finish(FACTS);
    expect(await readdir(folder)).toEqual(['0.part']);
  });

  it('leaves nothing behind when it is dropped', async () => {
    const writer = await PartWriter.create(path);
    await writer.add(large, long);
    await writer.discard();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused wherever it is cut off', async () => {
    await written();
    const { length } = await readFile(path);
    for (const share of [0, 0.001, 0.01, 0.5, 0.99, 0.999]) {
      await written();
      await truncate(path, Math.floor(share * length));
      expect(await readPart(path)).toBeNull();
    }
  });

  it('is refused if a byte is not what was written', async () => {
    await written();
    const whole = await readFile(path);
    for (const at of [0, 40, 200, Math.floor(whole.length / 2), whole.length - 20]) {
      const damaged = Buffer.from(whole);
      damaged[at] ^= 1;
      await writeFile(path, damaged);
      expect(await readPart(path)).toBeNull();
    }
  });

  it('says so if it changes after it was verified', async () => {
    await written();
    const { entries } = (await readPart(path))!;
    const entry = entries.get(large.toString('hex'))!;
    const file = await open(path, 'r+');
    await file.write(Buffer.from([1, 2, 3]), 0, 3, entry.at + 1000);
    await file.close();
    await expect(readEntry(entry)).rejects.toThrow('not what it was');
  });

  it('is none where there is no file', async () => {
    expect(await readPart(path)).toBeNull();
  });
});
