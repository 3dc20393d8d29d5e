import type { Report } from '../../src/report/report';

/**
 * Text that a model, a data file or a path may hold: markup, closing tags, quotes, entities and invisible characters.
 */
export const HOSTILE =
  `<script>ran()</script></style></title></script><img src=x onerror="ran()">` +
  `<!-- ]]> &lt;b&gt; &amp; " ' \` \${ran()} javascript:ran()` +
  '\u202Eevil\u2066 \x1b[31m\x1b]8;;https://evil.example\x07 \x9b2J \r\n\u2028\u2029\0\ufeff\u200b' +
  // This part follows the last slash, so that it remains where only the file name of a path is shown.
  '<b onclick="ran()">&lt;';

/** Fields whose text comes from files or from the machine, or contains such names. */
const FOREIGN = new Set(
  [
    'path',
    'about',
    'producer',
    'name',
    'title',
    'summary',
    'advice',
    'source',
    'warnings',
    'symmetry',
    'reads',
    'detail',
  ].concat(['device', 'node', 'operator', 'reason', 'machine', 'data', 'direction', 'threads']),
);

/** A report with `added` at the end of each text in a FOREIGN field. Equal names stay equal. */
export function withForeignText(report: Report, added: string): Report {
  const options = { ...report.provenance.options, about: 'A model' };
  const whole = { ...report, provenance: { ...report.provenance, options, threads: '2 of 2' } };
  const lines = report.lines.map((line, i) => (i === 0 ? { ...line, direction: 'to:/models/' as const } : line));
  return replaced({ ...whole, lines }, added) as Report;
}

function replaced(value: unknown, added: string, field = ''): unknown {
  if (typeof value === 'string') return FOREIGN.has(field) ? value + added : value;
  if (Array.isArray(value)) return value.map((item) => replaced(item, added, field));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaced(item, added, key)]));
}
