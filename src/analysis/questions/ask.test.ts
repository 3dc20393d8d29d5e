import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dense, matrix, normals, zeros } from '../../../test/samples/parts';
import { floats } from '../../../test/unit/sourceGraph';
import { modelFile } from '../../../test/unit/modelFile';
import { TROUBLES } from '../../../test/troubles/troubles';
import type { AnalysisOptions } from '../../options/options';
import { analyze } from '../analyze';
import { ask } from './ask';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-ask-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const CPU = { provider: 'cpu', threads: 1 } as const;
const trouble = async (name: string): Promise<{ model: string; options: AnalysisOptions }> => {
  const { graph, data, options } = TROUBLES[name]();
  const files = await modelFile(folder, graph, data);
  return { model: files.model, options: { ...options, ...CPU, data: files.data } };
};

/** Many samples of a linear map with noise. */
async function manySamples(samples: number, graph: Parameters<typeof modelFile>[1], stream: string) {
  const rows = Array.from({ length: samples }, (_, i) => normals(4, stream, i));
  const noise = normals(samples, stream, 'noise');
  const target = rows.map((row, i) => row[0] - 2 * row[1] + 0.5 * noise[i]);
  const files = await modelFile(folder, graph, { x: matrix(rows), target: floats(target, [samples, 1]) });
  return { model: files.model, options: { ...CPU, data: files.data, loss: 'mse' } as AnalysisOptions };
}

describe('on models whose difficulties are known', () => {
  it.each([
    ['regressionMinimum', 'saddle', 'absent'],
    ['regressionMinimum', 'conditioning', 'absent'],
    ['deepSigmoidConvolutions', 'layerGradients', 'present'],
    ['deadChannels', 'saddle', 'absent'],
  ] as const)('%s: %s is %s', async (name, question, verdict) => {
    const { model, options } = await trouble(name);
    const { findings, report, whole } = await ask(model, question, options);
    expect(findings[0]?.verdict).toBe(verdict);
    expect(whole).toBe(false);
    expect(report.diagnostics.slice(0, findings.length)).toEqual(findings);
  });
});

describe('on many samples', () => {
  it('tells a slope from few of them', async () => {
    const { model, options } = await manySamples(
      5000,
      dense([{ weight: floats([0, 0, 0, 0], [4, 1]) }], null),
      'slope',
    );
    const { findings, report } = await ask(model, 'saddle', options);
    expect(findings[0]).toMatchObject({ id: 'saddle', verdict: 'absent' });
    expect(report.objective).toMatchObject({ samples: 256, drawnFrom: 5000 });
    expect(report.spectrum).toBeUndefined();
  });

  it('tells a saddle from two draws that agree', async () => {
    // y = xAB with A = B = 0: the gradient vanishes, and H couples A with B, on whichever samples.
    const graph = dense([{ weight: floats(zeros(8), [4, 2]) }, { weight: floats(zeros(2), [2, 1]) }], null);
    const { model, options } = await manySamples(9000, graph, 'saddle');
    const { findings, report } = await ask(model, 'saddle', options);
    expect(findings[0]).toMatchObject({ id: 'saddle', verdict: 'present' });
    expect(report.objective).toMatchObject({ samples: 2048, drawnFrom: 9000 });
  });

  it('takes all of them where the gradient of a draw is chance', async () => {
    const { model, options } = await manySamples(
      4000,
      dense([{ weight: floats([1, -2, 0, 0], [4, 1]) }], null),
      'near',
    );
    const { report } = await ask(model, 'saddle', options);
    expect(report.objective!.samples).toBe(4000);
    expect(report.objective!.drawnFrom).toBeUndefined();
  });
});

it('uses the verdict of an analysis that was finished earlier', async () => {
  const { model, options } = await trouble('regressionMinimum');
  const cache = join(folder, 'cache');
  const full = await analyze(model, { ...options, preset: 'quick' }, { cache });
  const { findings, report, whole } = await ask(model, 'saddle', { ...options, preset: 'quick' }, { cache });
  expect(whole).toBe(true);
  expect(report.provenance.started).toBe(full.provenance.started);
  expect(findings).toEqual(full.diagnostics.filter(({ id }) => id === 'saddle'));
});
