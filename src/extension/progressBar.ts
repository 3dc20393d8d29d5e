import * as vscode from 'vscode';
import type { Progress } from '../protocol/worker';
import type { RequestHooks } from '../client/engineClient';

export function progressText({ stage, detail }: Progress): string {
  return detail ? `${stage}: ${detail}` : stage;
}

/** Runs a request with a notification that shows its progress and lets the user cancel it. */
export function withBar<R>(title: string, work: (hooks: RequestHooks) => Promise<R>): Promise<R> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const shown = vscode.window.withProgress(options, (bar, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let reached = 0;
    const onProgress = (progress: Progress): void => {
      const increment = Math.max(0, progress.fraction - reached) * 100;
      reached = Math.max(reached, progress.fraction);
      bar.report({ message: progressText(progress), increment });
    };
    return work({ signal: controller.signal, onProgress });
  });
  return Promise.resolve(shown);
}
