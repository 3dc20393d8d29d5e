import type { Report } from '../report';

interface ShownParameter extends NamedParameter {
  /** The name that the file has, where it is another one. */
  inFile?: string;
}

type NamedParameter = Report['model']['parameters'][number];

/** A report with the names that people know. */
export interface ShownReport extends Report {
  model: Omit<Report['model'], 'parameters'> & { parameters: ShownParameter[] };
}

/** Keys whose values are compared with files or options, which know a parameter by its own name only. */
const EXACT = new Set(['provenance', 'path', 'sha256']);

/**
 * Names each parameter as people know it, wherever a report names it: a tensor that the file calls `onnx::MatMul_200`
 * has the name of its layer. The report on the disk keeps the names of the file; whoever shows one calls this first.
 * @returns the report, in whose list of parameters `inFile` is the name that the file has
 */
export function withShownNames(report: Report): ShownReport {
  const labels = new Map(report.model.parameters.flatMap(({ name, label }) => (label ? [[name, label] as const] : [])));
  if (labels.size === 0) return report;
  const known = (name: string): string => labels.get(name) ?? name;
  // Sentences quote the names that they hold.
  const rename = (text: string): string => known(text).replace(/«([^«»]+)»/g, (_, name: string) => `«${known(name)}»`);
  const through = (value: unknown): unknown => {
    if (typeof value === 'string') return rename(value);
    if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(through);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, EXACT.has(key) ? item : through(item)]));
  };
  const shown = through(report) as Report;
  const parameters = report.model.parameters.map((parameter) =>
    parameter.label ? { ...parameter, name: parameter.label, inFile: parameter.name } : parameter,
  );
  return { ...shown, model: { ...shown.model, parameters } };
}
