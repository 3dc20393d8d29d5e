import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesText, inLimits, inLosses, KERNELS, ratio } from './cells';
import { FAMILIES } from './growth/families';
import { amountText, growthFigure } from './growth/figure';
import { exponents } from './growth/measureGrowth';
import { BUSY } from './results';
import { PICTURE_TITLES, pictureCells } from './pictureTable';
import type { BenchResults } from './results';

const DOCUMENT = 'performance.md';
const FIGURE = 'growth.svg';

/** Writes the results of a run into the document's generated sections. @returns what was written */
export async function writeSections(results: BenchResults): Promise<string[]> {
  const folder = process.env.RIDGELINE_DOCS!;
  const path = join(folder, DOCUMENT);
  let text = await readFile(path, 'utf8');
  for (const [section, lines] of Object.entries(sectionsOf(results))) text = replaceSection(text, section, lines);
  await writeFile(path, text);
  const written = [`${path} brought up to date`];
  if (results.growth.length > 0) {
    const series = results.growth.map(({ family, points }) => ({ ...FAMILIES[family], points }));
    await writeFile(join(folder, FIGURE), growthFigure(series));
    written.push(`${join(folder, FIGURE)} drawn`);
  }
  return written;
}

/** Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->`. */
function replaceSection(text: string, name: string, lines: readonly string[]): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`The document has no section ${begin} … ${end}.`);
  return `${text.slice(0, from + begin.length)}\n\n${lines.join('\n')}\n\n${text.slice(to)}`;
}

function sectionsOf(results: BenchResults): Record<string, string[]> {
  const { kernels, answers, pictures, growth } = results;
  return {
    ...(kernels.length > 0 ? { kernels: [machineOf(results), '', ...kernelSection(results)] } : {}),
    ...(kernels.some(({ peer }) => peer) ? { peers: [machineOf(results), '', ...peerSection(results)] } : {}),
    ...(kernels.length > 0 ? { profile: profileSection(results) } : {}),
    ...(answers.length > 0 ? { answers: [machineOf(results), '', ...answerSection(results)] } : {}),
    ...(pictures.length > 0 ? { pictures: [machineOf(results), '', ...pictureSection(results)] } : {}),
    ...(growth.length > 0 ? { growth: [machineOf({ ...results, threads: 1 }), '', ...growthSection(results)] } : {}),
  };
}

function machineOf({ machine, threads, provider, load }: BenchResults): string {
  const busy =
    load > BUSY ? ` Other work ran beside it (load ${load.toFixed(1)}): take these ratios for rough ones.` : '';
  return `${machine}, ${threads} thread${threads > 1 ? 's' : ''}, ${provider}.${busy}`;
}

function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)];
}

function kernelSection({ kernels }: BenchResults): string[] {
  const rest = KERNELS.filter(({ key }) => key !== 'loss');
  const rows = kernels.flatMap(({ name, ...outcome }) => {
    if ('fault' in outcome) return [[name, outcome.fault]];
    const { figures } = outcome;
    const { parameters, samples, batch, residualBytes, peakBytes, build, times } = figures;
    return [
      [
        name,
        `${samples} in ${batch}`,
        amountText(parameters),
        ...rest.map(({ key }) => ratio(inLosses(figures, key))),
        ratio(inLimits(figures, 'loss')),
        ratio(inLimits(figures, 'hvp8')),
        ratio(build / times.loss),
        bytesText(residualBytes),
        bytesText(peakBytes),
      ],
    ];
  });
  const titles = ['network', 'samples in batches of', 'parameters', ...rest.map(({ title }) => title)];
  return markdown([...titles, 'loss ÷ limit', 'K = 8 ÷ limit', 'build H·v', 'residuals', 'peak memory'], rows);
}

function peerSection({ kernels }: BenchResults): string[] {
  const rows = kernels.flatMap(({ name, peer, ...outcome }) => {
    if (!peer || 'fault' in outcome) return [];
    const { times } = outcome.figures;
    return [[name, ...KERNELS.map(({ key, peer: work }) => (peer[work] / times[key]).toFixed(2))]];
  });
  return markdown(['network', ...KERNELS.map(({ title }) => title)], rows);
}

function profileSection({ kernels }: BenchResults): string[] {
  const list = (entries: readonly { name: string; share: number }[]) =>
    entries.map(({ name, share }) => `${name.replaceAll('|', '\\|')} ${(100 * share).toFixed(0)} %`).join(', ');
  const rows = kernels.flatMap(({ name, ...outcome }) =>
    'fault' in outcome ? [] : [[name, list(outcome.figures.profile.operators), list(outcome.figures.profile.nodes)]],
  );
  return markdown(['network', 'operators', 'nodes of the model'], rows);
}

function answerSection({ answers }: BenchResults): string[] {
  const rows = answers.flatMap(({ name, peer, ...outcome }) => {
    if ('fault' in outcome) return [[name, outcome.fault]];
    const { loss, top5, quick, plane, slq, standard } = outcome.figures;
    const cell = (ours: { seconds: number } | undefined, theirs?: number) => {
      if (!ours) return '';
      const faster = theirs === undefined ? '' : `; ${(theirs / ours.seconds).toFixed(1)} ×`;
      return `${ratio(ours.seconds / loss)}${faster}`;
    };
    return [
      [
        name,
        cell(top5, peer?.top5),
        String(top5.products),
        top5.error?.toExponential(1) ?? '',
        cell(slq, peer?.slq),
        cell(plane, peer?.plane),
        ratio(quick.firstVerdict / loss),
        cell(quick),
        cell(standard),
      ],
    ];
  });
  const titles = ['network', 'top 5', 'products', 'error', 'SLQ 10 × 100', 'plane 51 × 51'];
  return markdown([...titles, 'first verdict', 'quick', 'standard'], rows);
}

function pictureSection({ pictures }: BenchResults): string[] {
  const rows = pictures.map(({ name, peer, ...outcome }) =>
    'fault' in outcome ? [name, outcome.fault] : pictureCells(name, outcome.figures, peer),
  );
  return markdown(PICTURE_TITLES, rows);
}

function growthSection({ growth }: BenchResults): string[] {
  const rows = growth.map(({ family, points }) => {
    const { title, unit, ours, expected } = FAMILIES[family];
    const [first, last] = [points[0], points[points.length - 1]];
    const range = `${amountText(first.amount)} … ${amountText(last.amount)} ${unit}`;
    return [title, range, ...exponents(points), ours ? 'this project' : 'the runtime', expected];
  });
  const titles = ['what grows', 'measured', 'exponent of time', 'of memory', 'whose code', 'exponent of the method'];
  return markdown(titles, rows);
}
