import type * as vscode from 'vscode';
import type { FromModelPage, ToModelPage } from '../../protocol/modelPage';
import { packState } from '../../protocol/pageState';
import type { FromWebview, NamedDrawing, ToWebview } from '../../protocol/webview';
import type { Report } from '../../report/report';
import { shownName } from '../shownName';
import { loadPage } from './pageHtml';
import { ReportDocument } from './reportDocument';

/** The editor of files whose names end as exported reports do, and the one that is offered for other JSON files. */
export const REPORT_EDITOR = 'ridgeline.report';
export const REPORT_EDITOR_ON_REQUEST = 'ridgeline.reportOnRequest';

type Drawings = (drawings: NamedDrawing[] | undefined) => void;

/** What the buttons of the page do. */
export interface ReportRequests {
  rerun(report: Report, preset: 'quick' | 'standard' | 'thorough' | undefined): void;
  export(report: Report, drawings: () => Promise<NamedDrawing[] | undefined>): void;
  saveImproved(report: Report): void;
  savePicture(name: string, png: string): void;
  saveDrawing(name: string, svg: string): void;
  saveTable(name: string, csv: string): void;
  showLog(): void;
  fault(message: string, stack: string | undefined): void;
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

  resolveCustomEditor(document: ReportDocument, { webview, onDidDispose }: vscode.WebviewPanel): void {
    const waiting: Drawings[] = [];
    let loaded: 'report' | 'model' | undefined;
    const show = (): void => {
      // A file that is no report is shown by the page that also tells of files that are no models.
      const page = document.state.kind === 'report' ? 'report' : 'model';
      if (loaded === page) this.send(document, webview);
      else loadPage(webview, this.extension, (loaded = page));
    };
    const changes = document.onDidChange(show);
    onDidDispose(() => {
      changes.dispose();
      for (const answer of waiting) answer(undefined);
    });
    webview.onDidReceiveMessage((message: FromWebview | FromModelPage) => {
      if (message.type === 'ready') this.send(document, webview);
      else if (message.type === 'reload') void document.reload();
      else if (message.type === 'figures') for (const answer of waiting.splice(0)) answer(message.drawings);
      else if (document.state.kind === 'report') this.receive(document.state.report, message, webview, waiting);
    });
    show();
  }

  private send({ state, uri }: ReportDocument, webview: vscode.Webview): void {
    if (state.kind === 'report') {
      const message: ToWebview = { type: 'state', ...packState(state) };
      return void webview.postMessage(message);
    }
    const message: ToModelPage = {
      type: 'model',
      name: shownName(uri.path),
      path: uri.fsPath,
      trusted: false,
      state,
    };
    void webview.postMessage(message);
  }

  private receive(
    report: Report,
    message: FromWebview | FromModelPage,
    webview: vscode.Webview,
    waiting: Drawings[],
  ): void {
    switch (message.type) {
      case 'rerun':
        return this.requests.rerun(report, message.preset);
      case 'export':
        return this.requests.export(report, () => {
          const ask: ToWebview = { type: 'drawFigures' };
          void webview.postMessage(ask);
          return new Promise((answer) => waiting.push(answer));
        });
      case 'saveImproved':
        return this.requests.saveImproved(report);
      case 'savePicture':
        return this.requests.savePicture(message.name, message.png);
      case 'saveDrawing':
        return this.requests.saveDrawing(message.name, message.svg);
      case 'saveTable':
        return this.requests.saveTable(message.name, message.csv);
      case 'showLog':
        return this.requests.showLog();
      case 'fault':
        return this.requests.fault(message.message, message.stack);
    }
  }
}
