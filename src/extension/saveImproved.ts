import { existsSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { AnalysisOptions } from '../options/options';
import { Analyze } from '../protocol/worker';
import type { EngineClient } from '../client/engineClient';
import { withBar } from './progressBar';
import { shownName } from './shownName';
import { t } from './translate';

/**
 * Runs the optimizers from the weights of a model, and saves the best weights as a new model at a place that the user
 * chooses. The model itself stays as it is.
 * @param called the place, if a caller of the command names it
 */
export async function saveImproved(
  engine: EngineClient,
  model: string,
  options: AnalysisOptions,
  called?: unknown,
): Promise<void> {
  const target = called instanceof vscode.Uri ? called : await chooseTarget(model);
  if (!target) return;
  let told = '';
  const race = { ...options, only: ['optimizers' as const], output: undefined, html: undefined, fresh: undefined };
  await withBar(t('Improving {0}', shownName(model)), (hooks) =>
    engine.request(
      Analyze,
      { model, options: { ...race, saveBest: target.fsPath } },
      // The last note says whether better weights were found.
      { ...hooks, onNote: ({ text }) => (told = text) },
    ),
  );
  const analyze = { title: t('Analyze') };
  const offered = existsSync(target.fsPath) ? [analyze] : [];
  // This is not awaited, because the command ends when its message appears.
  void vscode.window.showInformationMessage(told, ...offered).then((chosen) => {
    if (chosen === analyze) void vscode.commands.executeCommand('ridgeline.analyze', target);
  });
}

function chooseTarget(model: string): Thenable<vscode.Uri | undefined> {
  const name = `${basename(model, extname(model))}-improved.onnx`;
  return vscode.window.showSaveDialog({
    title: t('Save improved weights as'),
    defaultUri: vscode.Uri.file(join(dirname(model), name)),
    filters: { [t('ONNX model')]: ['onnx'] },
  });
}
