import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { packState } from '../protocol/pageState';
import type { PageState } from '../protocol/pageState';
import type { PendingPoint } from '../protocol/pendingPoint';
import type { NamedDrawing, FromWebview, ToWebview } from '../protocol/webview';
import { spokenInEditor } from '../protocol/spokenInEditor';
import { webviewHtml } from '../report/html';
import { shownName } from './shownName';
import { t } from './translate';

const VIEW_TYPE = 'ridgeline.landscape';

/** The requests that a page may send. */
export interface PanelRequests {
  cancel(model: string): void;
  rerun(model: string, preset: 'quick' | 'standard' | 'thorough' | undefined): void;
  measurePoint(model: string, directions: { x: string; y: string }, at: { x: number; y: number }): void;
  cancelPoints(model: string): void;
  /** Returns the points of planes that a panel waits for. */
  points(model: string): PendingPoint[];
  export(model: string): void;
  showLog(): void;
  /** Runs the action of a button under a failure. */
  help(model: string, id: string): void;
  openSample(): void;
  saveImproved(model: string): void;
  savePicture(name: string, png: string): void;
  saveDrawing(name: string, svg: string): void;
  saveTable(name: string, csv: string): void;
  fault(message: string, stack: string | undefined): void;
  /** Returns the state of a panel that VS Code restores after a reload of the window. */
  revive(model: string): Promise<PageState>;
}

interface Panel {
  panel: vscode.WebviewPanel;
  state: PageState;
  /** Whether the page has asked for its state and was not hidden since. */
  runs: boolean;
  /** Receive the drawings for which the page was asked, or undefined when the panel is closed. */
  waiting: ((drawings: NamedDrawing[] | undefined) => void)[];
  /** Whether the panel was opened by `openAhead` and nothing was shown in it since. */
  ahead?: boolean;
  /** The section that the page brings into view once it has the state. */
  section?: string;
}

/** Owns one panel per model, beside the editor. Hidden pages use no memory: a page asks for its state at its start. */
export class Panels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly panels = new Map<string, Panel>();
  private readonly visibility = new vscode.EventEmitter<string>();
  /** Tells the model whose panel appears, disappears or is closed. */
  readonly onDidChangeVisibility = this.visibility.event;
  private readonly page: vscode.Uri;
  private readonly icon: vscode.Uri;
  private readonly registration: vscode.Disposable;

  constructor(
    extension: vscode.Uri,
    private readonly requests: PanelRequests,
  ) {
    this.page = vscode.Uri.joinPath(extension, 'dist', 'webview');
    this.icon = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    this.registration = vscode.window.registerWebviewPanelSerializer(VIEW_TYPE, this);
  }

  /**
   * Shows a state in the model's panel, which it opens if there is none.
   * @param section the section to bring into view
   */
  show(model: string, state: PageState, section?: string): void {
    const known = this.panels.get(model);
    if (known) {
      known.ahead = false;
      known.section = section;
      this.update(model, state);
      known.panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.adopt(model, vscode.window.createWebviewPanel(VIEW_TYPE, '', column, this.options()), state);
    if (section !== undefined) this.panels.get(model)!.section = section;
  }

  /** Changes the state of an open panel. A closed panel stays closed. */
  update(model: string, state: PageState): void {
    const known = this.panels.get(model);
    if (!known) return;
    known.state = state;
    this.send(known);
  }

  /**
   * Opens the model's panel before there is anything to show, if it has none, so that its page loads while the editor
   * asks the user.
   */
  openAhead(model: string, state: PageState): void {
    if (this.panels.has(model)) return;
    this.show(model, state);
    this.panels.get(model)!.ahead = true;
  }

  /** Changes what a panel says that was opened ahead. */
  updateAhead(model: string, state: PageState): void {
    if (this.panels.get(model)?.ahead) this.update(model, state);
  }

  /** Closes a panel that was opened ahead, if nothing was shown in it. */
  closeAhead(model: string): void {
    const known = this.panels.get(model);
    if (known?.ahead) known.panel.dispose();
  }

  /** Whether the model's panel is open and not covered by another tab. */
  isVisible(model: string): boolean {
    return this.panels.get(model)?.panel.visible ?? false;
  }

  /** Tells an open panel which points of planes it waits for. */
  tellPoints(model: string): void {
    const known = this.panels.get(model);
    if (known) this.post(known, { type: 'points', points: this.requests.points(model) });
  }

  /** The model whose panel is active, if there is one. */
  get active(): string | undefined {
    return [...this.panels].find(([, { panel }]) => panel.active)?.[0];
  }

  /** Asks the page in an open panel for all its charts, and brings it to the front, since hidden pages do not run. */
  drawings(model: string): Promise<NamedDrawing[] | undefined> {
    const known = this.panels.get(model);
    if (!known) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      known.waiting.push(resolve);
      known.panel.reveal(undefined, true);
      // The editor delivers what is posted too early before the state, when there is no chart yet.
      if (known.runs) this.post(known, { type: 'drawFigures' });
    });
  }

  stateOf(model: string): PageState | undefined {
    return this.panels.get(model)?.state;
  }

  /** Restores a panel after a reload of the window. `memory` holds the model that the page received in `belongsTo`. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, memory: unknown): Promise<void> {
    const model = typeof memory === 'object' && memory !== null && 'model' in memory ? memory.model : undefined;
    if (typeof model !== 'string' || this.panels.has(model)) return panel.dispose();
    panel.webview.options = this.options();
    this.adopt(model, panel, await this.requests.revive(model));
  }

  dispose(): void {
    this.registration.dispose();
    this.visibility.dispose();
    for (const { panel } of this.panels.values()) panel.dispose();
  }

  private options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [this.page] };
  }

  private adopt(model: string, panel: vscode.WebviewPanel, state: PageState): void {
    const entry: Panel = { panel, state, runs: false, waiting: [] };
    this.panels.set(model, entry);
    panel.title = t('{0}: landscape', shownName(model));
    panel.iconPath = this.icon;
    panel.onDidChangeViewState(() => {
      if (!panel.visible) entry.runs = false;
      this.visibility.fire(model);
    });
    panel.onDidDispose(() => {
      this.panels.delete(model);
      this.visibility.fire(model);
      this.answer(entry, undefined);
    });
    panel.webview.onDidReceiveMessage((message: FromWebview) => this.receive(model, message));
    const { webview } = panel;
    webview.html = webviewHtml({
      nonce: randomBytes(16).toString('base64'),
      cspSource: webview.cspSource,
      scriptUri: webview.asWebviewUri(vscode.Uri.joinPath(this.page, 'main.js')).toString(),
      styleUri: webview.asWebviewUri(vscode.Uri.joinPath(this.page, 'style.css')).toString(),
    });
  }

  private receive(model: string, message: FromWebview): void {
    switch (message.type) {
      case 'ready': {
        const entry = this.panels.get(model);
        if (!entry) return;
        entry.runs = true;
        this.post(entry, { type: 'belongsTo', model });
        this.post(entry, { type: 'points', points: this.requests.points(model) });
        this.send(entry);
        // A page that has just started did not receive an earlier question.
        if (entry.waiting.length > 0) this.post(entry, { type: 'drawFigures' });
        return;
      }
      case 'revealed': {
        const entry = this.panels.get(model);
        if (entry) delete entry.section;
        return;
      }
      case 'help':
        return this.requests.help(model, message.id);
      case 'cancel':
        return this.requests.cancel(model);
      case 'rerun':
        return this.requests.rerun(model, message.preset);
      case 'measurePoint':
        return this.requests.measurePoint(model, message.directions, message.at);
      case 'cancelPoints':
        return this.requests.cancelPoints(model);
      case 'export':
        return this.requests.export(model);
      case 'figures': {
        const entry = this.panels.get(model);
        if (entry) this.answer(entry, message.drawings);
        return;
      }
      case 'showLog':
        return this.requests.showLog();
      case 'openSample':
        return this.requests.openSample();
      case 'saveImproved':
        return this.requests.saveImproved(model);
      case 'savePicture':
        return this.requests.savePicture(message.name, message.png);
      case 'saveDrawing':
        return this.requests.saveDrawing(message.name, message.svg);
      case 'saveTable':
        return this.requests.saveTable(message.name, message.csv);
      case 'fault':
        return this.requests.fault(message.message, message.stack);
    }
  }

  private answer(entry: Panel, drawings: NamedDrawing[] | undefined): void {
    for (const receive of entry.waiting.splice(0)) receive(drawings);
  }

  private send(entry: Panel): void {
    this.post(entry, { type: 'state', ...packState(spokenInEditor(entry.state)) });
    const { section } = entry;
    if (section !== undefined) this.post(entry, { type: 'reveal', section });
  }

  /** Sends a message. VS Code drops messages to a hidden page, which asks for its state when it is shown again. */
  private post({ panel }: Panel, message: ToWebview): void {
    void panel.webview.postMessage(message);
  }
}
