import type * as vscode from 'vscode';
import type { FromMeasuredPage, ToMeasuredPage } from '../../protocol/measuredPage';

/** What a panel asks of those who own it. */
export interface MeasuredPanelOwner {
  /** Returns what the page shows now. */
  told(): Promise<ToMeasuredPage>;
  receive(message: Exclude<FromMeasuredPage, { type: 'ready' }>): unknown;
  closed(): void;
}

/** The page of a measurement in its panel. */
export class MeasuredPanel {
  /** Whether the page has asked for its state and was not hidden since. */
  private runs = false;
  private sendings = 0;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly subject: string,
    private readonly owner: MeasuredPanelOwner,
  ) {}

  receive(message: FromMeasuredPage): unknown {
    if (message.type !== 'ready') return this.owner.receive(message);
    this.runs = true;
    this.post({ type: 'belongsTo', subject: this.subject });
    this.send();
    return undefined;
  }

  /** Shows the page what is known now. A page that does not run asks for it when it starts. */
  send(): void {
    if (this.runs) void this.sendNow();
  }

  hidden(): void {
    this.runs = false;
  }

  dispose(): void {
    this.runs = false;
    this.owner.closed();
  }

  private async sendNow(): Promise<void> {
    const sending = ++this.sendings;
    const message = await this.owner.told();
    // A later message knows more.
    if (sending === this.sendings && this.runs) this.post(message);
  }

  private post(message: ToMeasuredPage): void {
    void this.panel.webview.postMessage(message);
  }
}
