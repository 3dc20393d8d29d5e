import { list, number, object, oneOf, optional, text } from '../schema';
import type { Infer } from '../schema';

export const level = oneOf(['action', 'notice', 'fine', 'open']);
export type Level = Infer<typeof level>;

export const evidence = list(
  object({
    name: text,
    value: number,
    error: number,
    threshold: optional(number, 'The figure at which the verdict changes.'),
  }),
);

export const finding = object({
  id: text,
  title: text,
  verdict: oneOf(['present', 'absent', 'inconclusive']),
  severity: oneOf(['info', 'low', 'medium', 'high']),
  level: optional(level, 'What the verdict means for the reader: needs action, worth knowing, fine, or not resolved.'),
  summary: text,
  evidence,
  advice: list(text),
  shownIn: optional(
    oneOf([
      'plane',
      'lines',
      'descent',
      'spectrum',
      'layers',
      'loss',
      'scans',
      'inside',
      'weights',
      'samples',
      'numerics',
      'path',
    ]),
    'Section of the page that shows the evidence.',
  ),
  criterion: optional(text, 'What was measured, by which formula, and at which thresholds the verdict changes.'),
  source: optional(text, 'Published source of the criterion.'),
});
export type Finding = Infer<typeof finding>;
export type Verdict = Finding['verdict'];
export type Severity = Finding['severity'];
