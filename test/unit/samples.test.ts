import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import { SAMPLES } from '../../src/extension/samples';
import type { AnalysisOptions } from '../../src/options/options';
import { readSidecar } from '../../src/options/sidecar';
import { sampleFiles } from '../samples/files';

const FOLDER = 'media/samples';
const made = sampleFiles();
const stored = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) =>
    join(entry.parentPath, entry.name)
      .slice(FOLDER.length + 1)
      .replaceAll('\\', '/'),
  );

describe('the bundled samples', () => {
  it('are what the generator writes, bit for bit', () => {
    expect([...stored].sort()).toEqual([...made.keys()].sort());
    for (const [path, bytes] of made) {
      expect(readFileSync(join(FOLDER, path)).equals(bytes), `${path} differs: npm run generate:samples`).toBe(true);
    }
  });

  it('take less than 400 kB together', () => {
    const sizes = [...made.values()].map(({ length }) => length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(400_000);
  });

  it('have names of their own and two sentences each', () => {
    expect(new Set(SAMPLES.map(({ name }) => name)).size).toBe(SAMPLES.length);
    for (const { about } of SAMPLES) for (const sentence of about) expect(sentence).toMatch(/^[A-Z].*[^.]\.$/);
  });

  it.each(SAMPLES.map(({ name, verdict }) => [name, verdict]))('%s shows %s', async (name, verdict) => {
    const model = join(FOLDER, name, `${name}.onnx`);
    const told = await readSidecar(model);
    // Lines and planes decide no verdict, so the test does without these pictures.
    const quick: AnalysisOptions = { preset: 'quick', provider: 'cpu', threads: 1, line: [], plane: [] };
    const { diagnostics } = await analyze(model, { ...told, ...quick });
    const found = diagnostics.find(({ id }) => id === verdict);
    expect(found?.verdict, found?.summary).toBe('present');
  });
});
