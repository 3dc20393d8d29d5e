import * as vscode from 'vscode';
import type { Failure } from '../protocol/worker';
import type { Help } from './failureHelp';
import { failureSentence, failureText, HELP_LABELS } from './failureHelp';

/** Shows a failure with buttons that help, and runs the action of the chosen button. */
export async function notifyFailure(
  failure: Failure,
  log: vscode.LogOutputChannel,
  help: { id: Help; run: () => unknown }[],
): Promise<void> {
  logFailure(failure, log);
  if (failure.kind === 'cancelled') return;
  const items = help.map(({ id, run }) => ({ title: HELP_LABELS[id], run }));
  const chosen = await vscode.window.showErrorMessage(failureSentence(failure), ...items);
  await chosen?.run();
}

/** Writes a failure to the log, with the stack if it is our own fault. */
export function logFailure(failure: Failure, log: vscode.LogOutputChannel): void {
  const text = failureText(failure);
  if (failure.kind === 'cancelled') log.info(text);
  else log.error(failure.log && failure.kind === 'internal' ? `${text}\n${failure.log}` : text);
}
