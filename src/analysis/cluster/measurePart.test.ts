import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linearRegression } from '../../../test/unit/closedFormObjective';
import { factsOf } from '../../../test/unit/factsOf';
import { gaussianVector, random } from '../../numerics/random';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { Report } from '../../report/report';
import { analyzeObjective } from '../analyzeObjective';
import { measurePart } from './measurePart';
import { PartAnswers } from './partAnswers';
import { PartWriter, readPart } from '../../cluster/partFile';
import type { PartEntry } from '../../cluster/partFile';
import type { PartWork } from './partWork';
import { planParts } from './planParts';

/** Larger than a matrix that is diagonalised in full. */
const DIM = 300;
const x = Array.from({ length: 20 }, (_, n) => [...gaussianVector(DIM, random(n, 'rows'))]);
const y = x.map((row) => row[0] - row[1]);
const regression = () => linearRegression(x, y, [...gaussianVector(DIM, random(99, 'start'))]);

const OPTIONS: AnalysisOptions = {
  preset: 'quick',
  only: ['loss', 'gradient', 'spectrum', 'ggn', 'lines', 'plane'],
  line: ['gradient:-0.1:0.1:5', 'top/1:-0.5:0.5:5'],
  plane: ['random,gradient:-0.5:0.5:5', 'top/1,top/2:-0.5:0.5:3'],
  planeCurvature: 2,
  probes: 5,
};
const options = resolveOptions(OPTIONS);
const size = { dim: DIM, canDifferentiate: true, batches: 1, passSeconds: 0.01, graphSeconds: 0 };
const plan = planParts(options, size);

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'parts-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Measures all parts but those left out, each by an objective of its own, as machines of a cluster do. */
async function measuredParts(isLeftOut: (work: PartWork) => boolean = () => false): Promise<Map<string, PartEntry>> {
  const known = new Map<string, PartEntry>();
  for (const [i, { work }] of plan.entries()) {
    if (isLeftOut(work) || work.kind === 'report') continue;
    const answers = new PartAnswers();
    answers.know(known);
    const objective = regression();
    const path = join(folder, `${i}.part`);
    const writer = await PartWriter.create(path);
    answers.writeTo(writer);
    await measurePart(answers.over(objective, ''), factsOf(objective), options, work, { results: answers.results });
    await writer.finish({ node: 'n1', machine: '', provider: 'cpu', seconds: 0 });
    for (const [request, entry] of (await readPart(path))!.entries) known.set(request, entry);
  }
  return known;
}

/** A report without what depends on the clock. */
const figuresOf = ({ timings: _, ...figures }: Report): Omit<Report, 'timings'> => figures;

describe('an analysis in parts', () => {
  it('has the figures of one machine, bit for bit, and measures neither points nor probes again', async () => {
    const alone = regression();
    const expected = await analyzeObjective(alone, factsOf(alone), options);
    const answers = new PartAnswers();
    answers.know(await measuredParts());
    const gathering = regression();
    const found = await analyzeObjective(answers.over(gathering, ''), factsOf(gathering), options, {
      results: answers.results,
    });
    const { planes, ...rest } = figuresOf(found);
    const { planes: expectedPlanes, ...expectedRest } = figuresOf(expected);
    expect(rest).toEqual(expectedRest);
    planes.forEach(({ curvature, ...plane }, i) => {
      const { curvature: whole, ...expectedPlane } = expectedPlanes[i];
      expect(plane).toEqual(expectedPlane);
      // Lanczos begins at other vectors where the points nearby are not known, and converges to the same eigenvalues.
      curvature!.lambdaMax.flat().forEach((value, k) => {
        const error = curvature!.residualMax.flat()[k] + whole!.residualMax.flat()[k];
        expect(Math.abs(value - whole!.lambdaMax.flat()[k])).toBeLessThanOrEqual(error);
      });
    });
    expect(gathering.counts.hvp).toBeLessThan(0.8 * alone.counts.hvp);
    // 25 + 9 points of planes and 5 + 5 of lines, of which some are the same.
    expect(alone.counts.losses - gathering.counts.losses).toBeGreaterThanOrEqual(40);
  });

  it('does with fewer probes where some are lost, and says less surely what the trace is', async () => {
    const isLost = (work: PartWork) => work.kind === 'pieces' && work.id === 'spectrum' && work.first > 0;
    const answers = new PartAnswers();
    const lost = plan.flatMap(({ work }) =>
      isLost(work) && work.kind === 'pieces'
        ? Array.from({ length: work.end - work.first }, (_, k) => work.first + k)
        : [],
    );
    answers.know(await measuredParts(isLost), new Map([['spectrum', new Set(lost)]]));
    const gathering = regression();
    const { spectrum } = await analyzeObjective(answers.over(gathering, ''), factsOf(gathering), options, {
      results: answers.results,
    });
    expect(spectrum!.hessian!.ritz!.length).toBeLessThan(options.probes);
    expect(spectrum!.hessian!.density).toBeDefined();
  });

  it('leaves a plane out where points are lost, and keeps the other', async () => {
    const isLost = (work: PartWork) => work.kind === 'pieces' && work.id === 'planes' && work.first === 0;
    const answers = new PartAnswers();
    answers.know(await measuredParts(isLost), new Map([['planes', new Set([0])]]));
    const gathering = regression();
    const report = await analyzeObjective(answers.over(gathering, ''), factsOf(gathering), options, {
      results: answers.results,
    });
    expect(report.planes.map(({ x, y }) => [x.direction, y.direction])).toEqual([['top/1', 'top/2']]);
    expect(report.warnings.join('\n')).toContain('The plane «random × gradient» is left out');
  });
});

describe('the parts of an analysis', () => {
  it('hold every piece once, and each measurement in order', () => {
    for (const id of ['planes', 'spectrum', 'gaussNewton', 'earlyLines', 'lines', 'planeCurvature']) {
      const ranges = plan.flatMap(({ work }) => (work.kind === 'pieces' && work.id === id ? [work] : []));
      expect(ranges.length).toBeGreaterThan(0);
      expect(ranges[0].first).toBe(0);
      ranges.slice(1).forEach(({ first }, i) => expect(first).toBe(ranges[i].end));
    }
  });

  it('come after the parts that they read', () => {
    const waveOf = (id: string) =>
      plan.find(({ work }) => (work.kind === 'pieces' ? work.id === id : 'ids' in work && work.ids.includes(id)))!.wave;
    expect(waveOf('gradient')).toBeLessThan(waveOf('earlyLines'));
    const spectrum = plan.find(({ work }) => work.kind === 'measurements' && work.ids.includes('spectrum'))!;
    expect(spectrum.wave).toBeLessThan(waveOf('planes'));
  });

  it('are more where each takes long', () => {
    const many = planParts(resolveOptions({ plane: ['random,random:-1:1:25'] }), { ...size, passSeconds: 10 });
    const tiles = many.filter(({ work }) => work.kind === 'pieces' && work.id === 'planes');
    expect(tiles.length).toBeGreaterThan(100);
    expect(Math.max(...tiles.map(({ seconds }) => seconds))).toBeLessThan(120);
  });
});
