import * as vscode from 'vscode';
import type { EngineClient } from '../../client/engineClient';
import { Ask } from '../../protocol/worker';
import type { QuestionId } from '../../protocol/worker';
import type { Analyses } from '../analyses';
import { modelOptions } from '../modelOptions';
import type { Panels } from '../panels';
import { withBar } from '../progressBar';
import { shownName } from '../shownName';
import { answerText, sectionOf } from './answerText';
import { QUESTION_TEXTS } from './questions';
import { t } from '../translate';

interface Parts {
  engine: EngineClient;
  analyses: Analyses;
  panels: Panels;
  /** Folder in which earlier answers and finished reports are found again. */
  cache: string;
  /** Runs the whole analysis of a model. */
  analyze: (model: string) => unknown;
}

/**
 * Answers one question about a model in a notification. Its buttons show the figures in the model's panel, and run the
 * whole analysis.
 */
export async function quickCheck(parts: Parts, model: string, question: QuestionId): Promise<void> {
  const { engine, analyses, panels, cache, analyze } = parts;
  const options = await modelOptions(model);
  const started = performance.now();
  const answer = await withBar(`${QUESTION_TEXTS[question].running}: ${shownName(model)}`, (hooks) => {
    if (engine.busy) hooks.onProgress?.({ stage: t('Waiting for another analysis'), fraction: 0 });
    return engine.request(Ask, { model, question, options, cache }, hooks);
  });
  const text = answerText(question, answer, (performance.now() - started) / 1000);
  const show = {
    title: t('Show'),
    // A running analysis keeps its panel.
    run: () => panels.show(model, analyses.stateOf(model) ?? { kind: 'report', report: answer.report }, section),
  };
  const section = sectionOf(question, answer);
  const full = { title: t('Run Full Analysis'), run: () => analyze(model) };
  // This is not awaited, because a command ends when its message appears, not when the user closes it.
  void vscode.window
    .showInformationMessage(`${shownName(model)}: ${text}`, show, ...(answer.whole ? [] : [full]))
    .then((chosen) => chosen?.run());
}
