import type * as vscode from 'vscode';
import type { FromModelPage, ToModelPage } from '../../protocol/modelPage';
import type { FromWebview, NamedDrawing } from '../../protocol/webview';
import type { Report } from '../../report/report';
import type { PageActions } from '../pageActions';
import { ReportPage } from '../reportPage';
import { shownName } from '../shownName';
import { loadPage } from './pageHtml';
import { ReportDocument } from './reportDocument';

/** The editor of files whose names end as exported reports do, and the one that is offered for other JSON files. */
export const REPORT_EDITOR = 'ridgeline.report';
export const REPORT_EDITOR_ON_REQUEST = 'ridgeline.reportOnRequest';

/** What the editors ask of the extension. */
export interface ReportRequests {
  /**
   * Returns what the buttons of a report's page do.
   * @param drawings asks the page for its charts
   */
  actions(report: () => Report, drawings: () => Promise<NamedDrawing[] | undefined>): PageActions;
}

/** The editor of report files: the page that a panel shows after an analysis. */
export class ReportEditor implements vscode.CustomReadonlyEditorProvider<ReportDocument> {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly requests: ReportRequests,
  ) {}

  openCustomDocument(uri: vscode.Uri): ReportDocument {
    return new ReportDocument(uri);
  }

  resolveCustomEditor(document: ReportDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    let latest: Report;
    const actions = this.requests.actions(
      () => latest,
      () => page.drawings(),
    );
    const page: ReportPage = new ReportPage(panel, { kind: 'empty' }, actions);
    let loaded: 'report' | 'model' | undefined;
    const show = (): void => {
      const { state } = document;
      if (state.kind === 'report') {
        latest = state.report;
        page.state = state;
      }
      // A file that is no report is shown by the page that also tells of files that are no models.
      const needed = state.kind === 'report' ? 'report' : 'model';
      if (loaded !== needed) {
        page.hidden();
        return loadPage(webview, this.extension, (loaded = needed));
      }
      if (state.kind === 'report') page.update(state);
      else tellUnread(document, webview);
    };
    const subscriptions = [
      document.onDidChange(show),
      panel.onDidChangeViewState(() => !panel.visible && page.hidden()),
      webview.onDidReceiveMessage((message: FromWebview | FromModelPage) => {
        if (loaded === 'report') return page.receive(message as FromWebview);
        if (message.type === 'ready') tellUnread(document, webview);
        else if (message.type === 'reload') void document.reload();
        else if (message.type === 'showLog') actions.showLog();
        else if (message.type === 'fault') actions.fault(message.message, message.stack);
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      page.dispose();
    });
    show();
  }
}

/** Tells the page that the file is being read, or why it is no report. */
function tellUnread({ state, uri }: ReportDocument, webview: vscode.Webview): void {
  if (state.kind === 'report') return;
  const message: ToModelPage = { type: 'model', name: shownName(uri.path), path: uri.fsPath, trusted: false, state };
  void webview.postMessage(message);
}
