import { describe, expect, it } from 'vitest';
import { DIAGNOSTICS } from '../diagnostics/judge';
import type { Report } from '../report/report';
import { readSidecar } from '../options/sidecar';
import { analyze } from './analyze';
import { judgedSoFar, MADE_BY } from './judgedSoFar';
import { MEASUREMENTS } from './measurements/table';

describe('what verdicts wait for', () => {
  it('names measurements that exist', () => {
    const ids = MEASUREMENTS.map(({ id }) => id);
    for (const makers of Object.values(MADE_BY)) for (const id of makers) expect(ids).toContain(id);
  });

  it('knows the origin of everything that a diagnostic reads', () => {
    const read = new Set(DIAGNOSTICS.flatMap(({ needs, uses }) => [...needs, ...uses]));
    for (const name of read) if (name !== 'dim' && name !== 'course') expect(MADE_BY[name]).not.toEqual([]);
  });
});

/** Partial reports of a quick analysis of a bundled sample. */
async function partialsOf(sample: string): Promise<Report[]> {
  const model = `media/samples/${sample}/${sample}.onnx`;
  const seen: Report[] = [];
  const options = { ...(await readSidecar(model)), preset: 'quick', provider: 'cpu', threads: 1 } as const;
  await analyze(model, { ...options, line: ['random'], plane: [] }, { onPartial: (report) => seen.push(report) });
  return seen;
}

describe('while an analysis runs', () => {
  it.each(['overfitting', 'edge-of-stability', 'rnn-exploding', 'plateau'])(
    'shows no verdict of «%s» that changes later, and no question that is dropped',
    async (sample) => {
      const seen = await partialsOf(sample);
      const final = seen[seen.length - 1];
      const verdicts = new Map(final.diagnostics.map((finding) => [finding.id, finding]));
      for (const report of seen) {
        for (const finding of report.diagnostics) expect(finding).toEqual(verdicts.get(finding.id));
        if (!report.complete) expect(report.headline).toBeUndefined();
        const ids = [...report.diagnostics, ...(report.pending ?? [])].map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const id of verdicts.keys()) expect(ids).toContain(id);
      }
      expect(final.pending).toBeUndefined();
      expect(final.complete).toBe(true);
      const counts = seen.map(({ diagnostics }) => diagnostics.length);
      expect(counts).toEqual([...counts].sort((a, b) => a - b));
      // Some verdicts come long before the last measurement.
      expect(counts.findIndex((count) => count > 0)).toBeLessThan(seen.length / 2);
    },
    120_000,
  );

  it('shows the figures known so far and names what is still to come', async () => {
    const seen = await partialsOf('saddle');
    const waiting = seen.flatMap(({ pending = [], gradient }) => (gradient ? pending : []));
    const saddle = waiting.find(({ id, evidence }) => id === 'critical-point' && evidence.length > 0);
    expect(saddle?.waitsFor).toContain('Hessian spectrum');
    expect(JSON.stringify(waiting)).not.toContain('advice');
  });

  it('waits for nothing where only verdicts that need no further measurement are asked for', () => {
    const report = { model: { parameterCount: 2, parameters: [] }, diagnostics: [], lines: [], planes: [] };
    const judged = judgedSoFar(report as unknown as Report, []);
    expect(judged.pending).toBeUndefined();
  });
});
