import type * as vscode from 'vscode';
import type { FromModelPage, ToModelPage } from '../../protocol/modelPage';
import { ModelDocument } from './modelDocument';
import type { ModelReaders } from './modelDocument';
import { loadPage } from './pageHtml';

export const MODEL_EDITOR = 'ridgeline.model';

/** What the buttons of the page do. */
export interface ModelRequests {
  /** @param data the data beside the model that the user chose */
  analyze(model: vscode.Uri, data: string | undefined): void;
  verify(model: vscode.Uri): void;
  openReport(id: string): void;
  showLog(): void;
  fault(message: string, stack: string | undefined): void;
}

/** The editor of `.onnx` files: what an inspection tells, and what can be done with the model. */
export class ModelEditor implements vscode.CustomReadonlyEditorProvider<ModelDocument> {
  constructor(
    private readonly extension: vscode.Uri,
    private readonly readers: ModelReaders,
    private readonly requests: ModelRequests,
  ) {}

  openCustomDocument(uri: vscode.Uri): ModelDocument {
    return new ModelDocument(uri, this.readers);
  }

  resolveCustomEditor(document: ModelDocument, { webview, onDidDispose }: vscode.WebviewPanel): void {
    // VS Code drops messages to a hidden page, which says `ready` when it is shown again.
    const post = (message: ToModelPage): void => void webview.postMessage(message);
    const detach = document.attach(post);
    onDidDispose(detach);
    webview.onDidReceiveMessage((message: FromModelPage) => this.receive(document, message, post));
    loadPage(webview, this.extension, 'model');
  }

  private receive(document: ModelDocument, message: FromModelPage, post: (message: ToModelPage) => void): void {
    switch (message.type) {
      case 'ready':
        return document.tellAll(post);
      case 'analyze':
        return this.requests.analyze(document.uri, message.data);
      case 'verify':
        return this.requests.verify(document.uri);
      case 'openReport':
        return this.requests.openReport(message.id);
      case 'statistics':
        return void document.describe(message.names);
      case 'reload':
        return document.reload();
      case 'showLog':
        return this.requests.showLog();
      case 'fault':
        return this.requests.fault(message.message, message.stack);
    }
  }
}
