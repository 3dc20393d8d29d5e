import * as vscode from 'vscode';
import { loadPage } from './editors/pageHtml';
import type { PageName } from './editors/pageHtml';
import { panelColumn } from './panelColumn';

/** The page in a panel. */
export interface ShelvedPage<From> {
  receive(message: From): unknown;
  /** Called when the panel is out of sight. Its script ends then, and starts again when the panel is shown. */
  hidden?(): void;
  dispose?(): void;
}

/** What the panels of one kind have in common. */
export interface PanelKind<From, P extends ShelvedPage<From>> {
  /** Type of the panels, as the editor stores it. */
  viewType: string;
  page: PageName;
  /** Key in the page's own memory under which it keeps what its panel is about. */
  key: string;
  title(subject: string): string;
  connect(subject: string, panel: vscode.WebviewPanel): P;
  /** Returns the page of a panel that the editor restores after a reload of the window. */
  revive(subject: string, panel: vscode.WebviewPanel): Promise<P>;
}

/** Owns the panels of one kind, one for each subject, in the column of the other pages. Hidden panels use no memory. */
export class PanelShelf<From, P extends ShelvedPage<From>> implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Map<string, { panel: vscode.WebviewPanel; page: P }>();
  private readonly visibility = new vscode.EventEmitter<string>();
  /** Tells the subject whose panel appears, disappears or is closed. */
  readonly onDidChangeVisibility = this.visibility.event;
  private readonly registration: vscode.Disposable;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly kind: PanelKind<From, P>,
  ) {
    this.registration = vscode.window.registerWebviewPanelSerializer(kind.viewType, this);
  }

  pageOf(subject: string): P | undefined {
    return this.open.get(subject)?.page;
  }

  get pages(): P[] {
    return [...this.open.values()].map(({ page }) => page);
  }

  /** Whether the subject's panel is open and not covered by another tab. */
  isVisible(subject: string): boolean {
    return this.open.get(subject)?.panel.visible ?? false;
  }

  /** The subject whose panel is active, if there is one. */
  get active(): string | undefined {
    return [...this.open].find(([, { panel }]) => panel.active)?.[0];
  }

  /** Brings the subject's panel to the front, and opens it if there is none. */
  show(subject: string): P {
    const known = this.open.get(subject);
    if (known) {
      known.panel.reveal(undefined, true);
      return known.page;
    }
    const where = { viewColumn: panelColumn(), preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(this.kind.viewType, this.kind.title(subject), where);
    return this.adopt(subject, panel, this.kind.connect(subject, panel));
  }

  /** Closes the subject's panel, if there is one. */
  close(subject: string): void {
    this.open.get(subject)?.panel.dispose();
  }

  /** Restores a panel after a reload of the window. Its page kept in `memory` what it is about. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: unknown): Promise<void> {
    const kept = typeof memory === 'object' && memory !== null ? (memory as Record<string, unknown>) : {};
    const subject = kept[this.kind.key];
    if (typeof subject !== 'string' || this.open.has(subject)) return panel.dispose();
    this.adopt(subject, panel, await this.kind.revive(subject, panel));
  }

  dispose(): void {
    this.registration.dispose();
    this.visibility.dispose();
    for (const { panel } of this.open.values()) panel.dispose();
  }

  private adopt(subject: string, panel: vscode.WebviewPanel, page: P): P {
    this.open.set(subject, { panel, page });
    panel.title = this.kind.title(subject);
    panel.iconPath = vscode.Uri.joinPath(this.extension, 'media', 'icon.svg');
    panel.onDidChangeViewState(() => {
      if (!panel.visible) page.hidden?.();
      this.visibility.fire(subject);
    });
    panel.onDidDispose(() => {
      this.open.delete(subject);
      this.visibility.fire(subject);
      page.dispose?.();
    });
    panel.webview.onDidReceiveMessage((message: From) => page.receive(message));
    loadPage(panel.webview, this.extension, this.kind.page);
    return page;
  }
}
