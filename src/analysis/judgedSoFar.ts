import type { Diagnostic, Known } from '../diagnostics/diagnostic';
import { DIAGNOSTICS, judge } from '../diagnostics/judge';
import { withHeadline } from '../diagnostics/headline/headline';
import { measurementsOf } from '../diagnostics/measurements';
import type { Report } from '../report/report';
import type { PendingQuestion } from '../report/sections/pending';

/** Which measurements of an analysis make what the verdicts read, by their ids. What no measurement makes is there from the start. */
export const MADE_BY: Readonly<Record<Known, readonly string[]>> = {
  loss: ['loss', 'gradient'],
  parameterNorm: ['loss', 'gradient', 'curvatureAlong'],
  gradient: ['gradient', 'noise', 'curvatureAlong'],
  layers: ['gradient', 'curvatureAlong', 'companions'],
  noise: ['noise'],
  depth: ['depth'],
  time: ['depth'],
  units: ['depth', 'structure'],
  descent: ['descent'],
  stability: ['stability'],
  symmetry: ['structure'],
  rescaling: ['structure'],
  weights: ['structure'],
  features: ['features'],
  test: ['testData'],
  numerics: ['loss', 'gradient', 'numerics'],
  extremes: ['spectrum'],
  quadratures: ['spectrum'],
  trace: ['spectrum'],
  escape: ['escape'],
  surrogate: ['surrogate'],
  cliff: ['cliff'],
  elsewhere: ['elsewhere'],
  dim: [],
  course: [],
};

/** A measurement that is still to come, or under way. */
export interface Coming {
  id: string;
  title: string;
}

/**
 * Judges a report while it is measured. A question has its verdict as soon as nothing that it reads is still to come;
 * until then it is pending, with the figures known so far, because a verdict that may turn would mislead.
 */
export function judgedSoFar(report: Report, coming: readonly Coming[]): Report {
  const findings = judge(report);
  const known = measurementsOf(report);
  const pending = new Map<string, PendingQuestion>();
  for (const { id, title, needs, uses } of DIAGNOSTICS) {
    const waits = coming.filter((each) => [...needs, ...uses].some((name) => MADE_BY[name].includes(each.id)));
    const isPossible = needs.every((name) => known[name] !== undefined || makes(coming, name));
    if (waits.length === 0 || !isPossible) continue;
    const evidence = findings.find((finding) => finding.id === id)?.evidence ?? [];
    pending.set(id, { id, title, waitsFor: waits.map((each) => each.title), evidence });
  }
  const rest = { ...report, diagnostics: findings.filter(({ id }) => !pending.has(id)) };
  delete rest.pending;
  return withHeadline(pending.size > 0 ? { ...rest, pending: [...pending.values()] } : rest);
}

const makes = (coming: readonly Coming[], name: Diagnostic['needs'][number]): boolean =>
  coming.some(({ id }) => MADE_BY[name].includes(id));
