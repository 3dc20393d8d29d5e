import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis/analyze';
import { SAMPLES } from '../../src/extension/samples';
import type { AnalysisOptions } from '../../src/options/options';
import { readSidecar } from '../../src/options/sidecar';
import { sampleFiles } from '../samples/files';

/** How the two sentences of each sample's report begin: where the training stands, and what to do next. */
const HEADLINES: Record<string, readonly [state: RegExp, next: RegExp]> = {
  'strict-minimum': [/^At a minimum whose loss, 0\.47/, /^More steps from here gain nothing/],
  saddle: [/^Stuck at a saddle: .* λ_min = −1/, /^Step along the eigenvector of λ_min/],
  'degenerate-saddle': [/^Stuck at a degenerate saddle/, /3 of its 3 units are copies/],
  maximum: [/^At a maximum/, /^Check the sign of the loss/],
  'flat-minimum': [/^At a minimum with flat directions/, /^Training is done on these data/],
  'sharp-minimum': [/^At a minimum/, /^Training is done on these data/],
  plateau: [/^Stuck on a plateau: the loss is 1\.39/, /^Draw the initial weights anew/],
  'local-global': [/^Headed for a poor place/, /^Start elsewhere/],
  'ill-conditioned': [/^Still descending/, /^The condition number is 1\.1 × 10⁶: standardize the features/],
  'edge-of-stability': [/^Still descending/, /the edge of stability, which 1 bounds/],
  cliff: [/^Still descending/, /^A cliff stands near: clip the gradient/],
  'gradient-noise': [/^Too noisy to tell/, /^Analyse more samples/],
  'vanishing-gradient': [/^Stuck on a plateau/, /^The gradient falls to 3\.5 × 10⁻⁵/],
  'exploding-gradient': [/^Too noisy to tell/, /^The gradient grows 14166-fold/],
  'rnn-vanishing': [/^Still descending/, /^The first time step gets 1\.1 × 10⁻⁷/],
  'rnn-exploding': [/^Still descending/, /^Clip the norm of the gradient/],
  'dead-units': [/^Still descending: one gradient step gains 36/, /^Train on\. Keep SGD below/],
  saturation: [/^Too noisy to tell/, /^98\.4 % of the elements of a layer are saturated/],
  initialization: [/^Stuck at a saddle/, /^Draw the initial weights anew/],
  symmetry: [/^Still descending/, /3 of its 8 units are copies/],
  rescaling: [/^Still descending/, /^Balance the layers/],
  surrogate: [/^Still descending/, /carry 99\.4 % of the loss: check their targets/],
  overfitting: [/^Overfitting: the test loss is 1\.2/, /^Stop earlier/],
  'numerical-trouble': [/^Numerically broken/, /^Subtract the maximum/],
};

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
    const { diagnostics, headline } = await analyze(model, { ...told, ...quick });
    const found = diagnostics.find(({ id }) => id === verdict);
    expect(found?.verdict, found?.summary).toBe('present');
    const [state, next] = HEADLINES[name];
    expect(headline?.state).toMatch(state);
    expect(headline?.next).toMatch(next);
  });
});
