import type { Report } from '../../report/report';
import type { ComparedModel } from '../../report/sections/comparison';

/** What a comparison keeps of the report of one model. */
export function comparedModel({ model, objective, diagnostics, lines, planes, warnings }: Report): ComparedModel {
  return {
    path: model.path,
    sha256: model.sha256,
    parameterCount: model.parameterCount,
    loss: objective?.loss ?? NaN,
    ...(objective?.accuracy === undefined ? {} : { accuracy: objective.accuracy }),
    verdicts: diagnostics.map(({ id, title, verdict, severity, level, summary }) => ({
      id,
      title,
      verdict,
      severity,
      ...(level && { level }),
      summary,
    })),
    lines,
    ...(planes.length > 0 ? { planes } : {}),
    warnings,
  };
}
