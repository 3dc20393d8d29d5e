import { bytesText, inLimits, inLosses, KERNELS, ratio, secondsText } from './cells';
import type { AnswerOutcome, KernelOutcome } from './results';

/** A table that is printed row by row, as the rows are measured. */
export class TextTable {
  constructor(private readonly titles: readonly { title: string; width: number }[]) {}

  header = () => this.row(this.titles.map(({ title }) => title));

  row(cells: readonly string[]): string {
    return cells
      .map((cell, i) => (i === 0 ? cell.padEnd(this.titles[i].width) : cell.padStart(this.titles[i].width)))
      .join('  ');
  }
}

const column = (title: string, width: number) => ({ title, width: Math.max(title.length, width) });

export const kernelTable = new TextTable([
  column('network', 21),
  column('batch', 5),
  ...KERNELS.map(({ title }) => column(title, 20)),
  column('build H·v', 9),
  column('residuals', 9),
  column('peak', 8),
]);

export function kernelRows({ name, peer, ...outcome }: KernelOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  const { figures } = outcome;
  const cell = (key: (typeof KERNELS)[number]['key']) =>
    `${figures.times[key].toPrecision(3)} (${ratio(inLosses(figures, key))}; ${ratio(inLimits(figures, key))})`;
  const rows = [
    kernelTable.row([
      name,
      String(figures.batch),
      ...KERNELS.map(({ key }) => cell(key)),
      secondsText(figures.build / 1000),
      bytesText(figures.residualBytes),
      bytesText(figures.peakBytes),
    ]),
  ];
  if (peer) {
    const faster = KERNELS.map(({ key, peer: work }) => `× ${(peer[work] / figures.times[key]).toFixed(2)}`);
    rows.push(kernelTable.row(['  peer’s time / ours', '', ...faster]));
  }
  if (figures.disagreement !== null) {
    rows.push(`  on ${figures.provider}; differs from the CPU by ${figures.disagreement.toExponential(1)}`);
  }
  return rows;
}

export function profileRows({ name, ...outcome }: KernelOutcome): string[] {
  if ('fault' in outcome) return [];
  const { operators, nodes } = outcome.figures.profile;
  const list = (entries: typeof nodes) =>
    entries.map(({ name: entry, share }) => `${entry} ${(100 * share).toFixed(0)} %`).join(', ');
  return [`${name}`, `  operators  ${list(operators)}`, `  nodes      ${list(nodes)}`];
}

export const answerTable = new TextTable([
  column('network', 21),
  column('top 5 at 1e-3', 20),
  column('products', 8),
  column('error', 8),
  column('first verdict', 13),
  column('quick', 16),
  column('plane 51 × 51', 18),
  column('SLQ 10 × 100', 18),
  column('standard', 18),
  column('peak', 8),
]);

export function answerRows({ name, peer, ...outcome }: AnswerOutcome): string[] {
  if ('fault' in outcome) return [`${name}: ${outcome.fault}`];
  const { loss, top5, quick, plane, slq, standard, peakBytes } = outcome.figures;
  const cell = (measured?: { seconds: number }) =>
    measured ? `${secondsText(measured.seconds)} (${ratio(measured.seconds / loss)})` : '';
  const rows = [
    answerTable.row([
      name,
      cell(top5),
      String(top5.products),
      top5.error === null ? '' : top5.error.toExponential(1),
      secondsText(quick.firstVerdict),
      cell(quick),
      cell(plane),
      cell(slq),
      cell(standard),
      bytesText(peakBytes),
    ]),
  ];
  if (peer) {
    const faster = (theirs: number, ours?: { seconds: number }) =>
      ours ? `× ${(theirs / ours.seconds).toFixed(2)}` : '';
    const { top5: top, products, error, slq: density, plane: points } = peer;
    const theirs = [faster(top, top5), String(products), error.toExponential(1), '', ''];
    rows.push(answerTable.row(['  peer’s time / ours', ...theirs, faster(points, plane), faster(density, slq)]));
  }
  return rows;
}
