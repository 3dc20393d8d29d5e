import * as vscode from 'vscode';
import { SAMPLES } from './samples';
import type { Sample } from './samples';
import { t } from './translate';

/**
 * Finds the bundled sample of this name. Without such a name, lets the user choose one by its difficulty; searching
 * covers the sentences about each.
 */
export async function chooseSample(called: unknown): Promise<Sample | undefined> {
  const named = SAMPLES.find(({ name }) => name === called);
  if (named) return named;
  const items = SAMPLES.map((sample) => ({ label: sample.title, detail: sample.about.join(' '), sample }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Open Sample'),
    placeHolder: t('Which difficulty of training?'),
    matchOnDetail: true,
  });
  return chosen?.sample;
}
