import * as vscode from 'vscode';
import type { Failure } from '../protocol/worker';
import type { Help } from './failureHelp';
import { failureText, HELP_LABELS } from './failureHelp';

/** Shows a failure with buttons that help, and runs the action of the chosen button. */
export async function notifyFailure(
  failure: Failure,
  log: vscode.LogOutputChannel,
  help: { id: Help; run: () => unknown }[],
): Promise<void> {
  const text = failureText(failure);
  if (failure.kind === 'cancelled') {
    log.info(text);
    return;
  }
  log.error(failure.log && failure.kind === 'internal' ? `${text}\n${failure.log}` : text);
  const items = help.map(({ id, run }) => ({ title: HELP_LABELS[id], run }));
  const chosen = await vscode.window.showErrorMessage(text, ...items);
  await chosen?.run();
}
