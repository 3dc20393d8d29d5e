import type * as vscode from 'vscode';
import type { PageState } from '../protocol/pageState';
import type { PendingPoint } from '../protocol/pendingPoint';
import type { FromWebview, NamedDrawing, ToWebview } from '../protocol/webview';
import type { PageActions } from './pageActions';
import { PanelShelf } from './panelShelf';
import { ReportPage } from './reportPage';
import { shownName } from './shownName';
import { t } from './translate';

/** What the panels ask of the extension. */
export interface PanelRequests {
  /** Returns what the buttons of a model's page do. */
  actions(model: string): PageActions;
  /** Returns the points of planes that a panel waits for. */
  points(model: string): PendingPoint[];
  /** Returns the state of a panel that VS Code restores after a reload of the window. */
  revive(model: string): Promise<PageState>;
}

/** Shows the report of each model in a panel of its own. */
export class Panels implements vscode.Disposable {
  private readonly shelf: PanelShelf<FromWebview, ReportPage>;
  /** Models whose panel was opened by `openAhead` and has shown nothing since. */
  private readonly ahead = new Set<string>();
  /** Models whose analysis was given up before it began. */
  private readonly givenUp = new Set<string>();

  constructor(
    extension: vscode.Uri,
    private readonly requests: PanelRequests,
  ) {
    const page = (model: string, panel: vscode.WebviewPanel, state: PageState): ReportPage =>
      new ReportPage(panel, state, requests.actions(model), () => [{ type: 'belongsTo', model }, this.points(model)]);
    this.shelf = new PanelShelf(extension, {
      viewType: 'ridgeline.landscape',
      page: 'report',
      key: 'model',
      title: (model) => t('{0}: landscape', shownName(model)),
      connect: (model, panel) => page(model, panel, { kind: 'empty' }),
      revive: async (model, panel) => page(model, panel, await requests.revive(model)),
    });
  }

  /** Tells the model whose panel appears, disappears or is closed. */
  get onDidChangeVisibility(): vscode.Event<string> {
    return this.shelf.onDidChangeVisibility;
  }

  /**
   * Shows a state in the model's panel, which it opens if there is none.
   * @param section the section to bring into view
   */
  show(model: string, state: PageState, section?: string): void {
    this.ahead.delete(model);
    this.shelf.show(model).show(state, section);
  }

  /** Changes the state of an open panel. A closed panel stays closed. */
  update(model: string, state: PageState): void {
    this.shelf.pageOf(model)?.update(state);
  }

  /**
   * Opens the model's panel before there is anything to show, if it has none, so that its page loads while the editor
   * asks the user.
   */
  openAhead(model: string, state: PageState): void {
    this.givenUp.delete(model);
    if (this.shelf.pageOf(model)) return;
    this.show(model, state);
    this.ahead.add(model);
  }

  /** Changes what a panel says that was opened ahead. */
  updateAhead(model: string, state: PageState): void {
    if (this.ahead.has(model)) this.update(model, state);
  }

  /** Closes a panel that was opened ahead, if nothing was shown in it. */
  closeAhead(model: string): void {
    if (this.ahead.delete(model)) this.shelf.close(model);
  }

  /**
   * Gives up an analysis that has not begun: closes its panel, which was opened ahead.
   * @returns false if the panel shows an analysis
   */
  giveUpAhead(model: string): boolean {
    if (!this.ahead.has(model)) return false;
    this.givenUp.add(model);
    this.closeAhead(model);
    return true;
  }

  /** Whether the analysis that is about to begin was given up. Says so once. */
  takeGivenUp(model: string): boolean {
    return this.givenUp.delete(model);
  }

  /** Whether the model's panel is open and not covered by another tab. */
  isVisible(model: string): boolean {
    return this.shelf.isVisible(model);
  }

  /** Tells an open panel which points of planes it waits for. */
  tellPoints(model: string): void {
    this.shelf.pageOf(model)?.post(this.points(model));
  }

  /** The model whose panel is active, if there is one. */
  get active(): string | undefined {
    return this.shelf.active;
  }

  /** Asks the page in an open panel for all its charts, and brings it to the front. */
  drawings(model: string): Promise<NamedDrawing[] | undefined> {
    return this.shelf.pageOf(model)?.drawings() ?? Promise.resolve(undefined);
  }

  stateOf(model: string): PageState | undefined {
    return this.shelf.pageOf(model)?.state;
  }

  dispose(): void {
    this.shelf.dispose();
  }

  private points(model: string): ToWebview {
    return { type: 'points', points: this.requests.points(model) };
  }
}
