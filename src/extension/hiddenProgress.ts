import * as vscode from 'vscode';
import type { Progress } from '../protocol/worker';
import { progressText } from './progressBar';

/** Shows the progress of an analysis in a notification while its page, which shows it too, is out of sight. */
export class HiddenProgress implements vscode.Disposable {
  private bar: vscode.Progress<{ message?: string; increment?: number }> | undefined;
  private close: (() => void) | undefined;
  private told = 0;
  private latest: Progress | undefined;

  constructor(
    private readonly title: string,
    private readonly isPageVisible: () => boolean,
    private readonly cancel: () => void,
  ) {}

  /** Takes the newest progress. Called without any when the page appears or disappears. */
  update(progress = this.latest): void {
    this.latest = progress;
    if (this.isPageVisible()) return this.dispose();
    if (!this.close) this.open();
    if (!progress) return;
    const increment = Math.max(0, progress.fraction - this.told) * 100;
    this.told = Math.max(this.told, progress.fraction);
    this.bar?.report({ message: progressText(progress), increment });
  }

  dispose(): void {
    this.close?.();
    this.close = this.bar = undefined;
  }

  private open(): void {
    this.told = 0;
    const options = { location: vscode.ProgressLocation.Notification, title: this.title, cancellable: true };
    void vscode.window.withProgress(options, (bar, token) => {
      token.onCancellationRequested(this.cancel);
      this.bar = bar;
      return new Promise<void>((resolve) => (this.close = resolve));
    });
  }
}
