import * as vscode from 'vscode';
import { SAMPLES } from './samples';
import type { Sample } from './samples';

/** Lets the user choose a bundled sample by its difficulty. Searching covers the sentences about each. */
export async function chooseSample(): Promise<Sample | undefined> {
  const items = SAMPLES.map((sample) => ({ label: sample.title, detail: sample.about.join(' '), sample }));
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Open Sample',
    placeHolder: 'Which difficulty of training?',
    matchOnDetail: true,
  });
  return chosen?.sample;
}
