import type { Report } from '../src/report/report';

/**
 * The thresholds that a verdict compared its figures with, without repetitions. Charts draw them, so that picture and
 * verdict cannot disagree.
 * @param belongs chooses the figures by name
 */
export function thresholdsOf(
  { diagnostics }: Pick<Report, 'diagnostics'>,
  id: string,
  belongs: (name: string) => boolean = () => true,
): number[] {
  const evidence = diagnostics.find((finding) => finding.id === id)?.evidence ?? [];
  const found = evidence.flatMap(({ name, threshold }) =>
    threshold !== undefined && belongs(name) ? [threshold] : [],
  );
  return [...new Set(found)];
}
