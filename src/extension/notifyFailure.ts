import * as vscode from 'vscode';
import type { Failure } from '../protocol/worker';
import type { Help } from './failureHelp';
import { failureText, HELP_LABELS, helpFor } from './failureHelp';

/** Shows a failure with the buttons that help, and does what the chosen one says. */
export async function notifyFailure(
  failure: Failure,
  log: vscode.LogOutputChannel,
  help: Partial<Record<Help, () => unknown>>,
): Promise<void> {
  const text = failureText(failure);
  if (failure.kind === 'cancelled') {
    log.info(text);
    return;
  }
  log.error(failure.log && failure.kind === 'internal' ? `${text}\n${failure.log}` : text);
  const offered = helpFor(failure).filter((id) => help[id]);
  const items = offered.map((id) => ({ title: HELP_LABELS[id], id }));
  const chosen = await vscode.window.showErrorMessage(text, ...items);
  if (chosen) await help[chosen.id]?.();
}
