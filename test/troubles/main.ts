import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { analyze } from '../../src/analysis/analyze';
import { npzFile } from '../../src/data/testing/npyFile';
import { ask } from '../../src/analysis/questions/ask';
import { reportToJson } from '../../src/report/json';
import type { AnalysisOptions, Preset } from '../../src/options/options';
import { modelFile } from '../unit/modelFile';
import type { QuestionId } from '../../src/protocol/worker';
import { TROUBLES } from './troubles';
import type { Expected } from './trouble';
import { isExpected } from './trouble';

/** What verdicts are read from: lines, planes, the race and the Gauss-Newton matrix decide none. */
const JUDGED: AnalysisOptions = { only: ['loss', 'gradient', 'spectrum', 'dynamics'], line: [], plane: [] };

/** Analyses the models whose names contain one of the given words, or all, and compares verdicts with what is known. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      preset: { type: 'string', default: 'quick' },
      seed: { type: 'string', default: '0' },
      keep: { type: 'string' },
      summaries: { type: 'boolean', default: false },
      questions: { type: 'boolean', default: false },
    },
  });
  const names = Object.keys(TROUBLES).filter(
    (name) => positionals.length === 0 || positionals.some((word) => name.toLowerCase().includes(word.toLowerCase())),
  );
  const sums = { right: 0, inconclusive: 0, wrong: 0 };
  for (const name of names) {
    const { graph, data, test, options, expect } = TROUBLES[name]();
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-trouble-'));
    try {
      const files = await modelFile(folder, graph, data);
      const testData = join(folder, 'test.npz');
      if (test) await writeFile(testData, npzFile(test));
      const request: AnalysisOptions = {
        ...options,
        data: files.data,
        ...(test ? { testData } : {}),
        preset: values.preset as Preset,
        seed: Number(values.seed),
        provider: 'cpu',
        threads: 1,
        ...JUDGED,
      };
      if (values.questions) {
        await askAll(name, files.model, request, expect, sums);
        continue;
      }
      const report = await analyze(files.model, request);
      if (values.keep) await writeFile(join(values.keep, `${name}.json`), reportToJson(report));
      const found = new Map(report.diagnostics.map((finding) => [finding.id, finding]));
      const differing = Object.entries(expect).filter(([id, expected]) => {
        const verdict = found.get(id)?.verdict;
        const isRight = isExpected(verdict, expected);
        sums[isRight ? 'right' : verdict === 'inconclusive' ? 'inconclusive' : 'wrong']++;
        return !isRight;
      });
      const others = report.diagnostics.filter(({ verdict, id }) => verdict === 'present' && expect[id] === undefined);
      process.stdout.write(
        `${differing.length === 0 ? 'ok  ' : '    '}${name.padEnd(26)} ${Object.keys(expect).length} verdicts; also ${others.map(({ id }) => id).join(' ')}\n`,
      );
      for (const [id, expected] of differing) {
        const { verdict = 'missing', summary = '' } = found.get(id) ?? {};
        process.stdout.write(`       ${id}: ${verdict}, expected ${expected}. ${summary}\n`);
      }
      if (values.summaries)
        for (const { id, verdict, summary } of report.diagnostics)
          process.stdout.write(`       ${id} ${verdict}: ${summary}\n`);
    } catch (error) {
      sums.wrong++;
      process.stdout.write(`    ${name.padEnd(26)} ${String((error as Error).message)} ${JSON.stringify(error)}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  process.stdout.write(`${sums.right} right, ${sums.inconclusive} inconclusive, ${sums.wrong} wrong\n`);
  return sums.wrong > 0 ? 1 : 0;
}

/** The verdicts that questions are about. */
const ASKED: Readonly<Record<string, QuestionId>> = {
  saddle: 'saddle',
  'flat-region': 'flatRegion',
  'ill-conditioning': 'conditioning',
  'vanishing-gradient': 'layerGradients',
  'exploding-gradient': 'layerGradients',
};

/** Asks the questions whose verdicts are known, and compares the answers with what is known. */
async function askAll(
  name: string,
  model: string,
  request: AnalysisOptions,
  expect: Readonly<Record<string, Expected>>,
  sums: { right: number; inconclusive: number; wrong: number },
): Promise<void> {
  for (const [id, expected] of Object.entries(expect)) {
    if (!(id in ASKED)) continue;
    const started = performance.now();
    const { findings, report } = await ask(model, ASKED[id], request);
    const { verdict, summary = '' } = findings.find((finding) => finding.id === id) ?? {};
    const isRight = isExpected(verdict, expected);
    sums[isRight ? 'right' : verdict === 'inconclusive' ? 'inconclusive' : 'wrong']++;
    const { samples = 0, drawnFrom = samples } = report.objective ?? {};
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stdout.write(
      `${isRight ? 'ok  ' : '    '}${name.padEnd(26)} ${id} ${verdict ?? 'missing'}, expected ${expected}, ${samples} of ${drawnFrom} samples, ${seconds} s\n`,
    );
    if (!isRight) process.stdout.write(`       ${summary}\n`);
  }
}

process.exitCode = await main();
