import * as vscode from 'vscode';
import { ConfigureForm } from './configureForm';
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
  /** Sends a message to the page of an open model, by the address of the model. */
  private readonly open = new Map<string, (message: ToModelPage) => void>();
  /** The model whose form opens as soon as its page is ready. */
  private configured: string | undefined;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly readers: ModelReaders,
    private readonly requests: ModelRequests,
  ) {}

  /** Opens the model with the form that configures its analysis. */
  async configure(model: string): Promise<void> {
    const uri = vscode.Uri.file(model);
    this.configured = model;
    await vscode.commands.executeCommand('vscode.openWith', uri, MODEL_EDITOR);
    // A page that was in view already does not start again. One that starts now drops this message and says `ready`.
    this.open.get(uri.toString())?.({ type: 'openForm' });
  }

  openCustomDocument(uri: vscode.Uri): ModelDocument {
    return new ModelDocument(uri, this.readers);
  }

  resolveCustomEditor(document: ModelDocument, { webview, onDidDispose }: vscode.WebviewPanel): void {
    // VS Code drops messages to a hidden page, which says `ready` when it is shown again.
    const post = (message: ToModelPage): void => void webview.postMessage(message);
    const detach = document.attach(post);
    const { viewer, scout } = this.readers;
    const form = new ConfigureForm(document.path, { viewer, scout }, post, () =>
      this.requests.analyze(document.uri, undefined),
    );
    const address = document.uri.toString();
    this.open.set(address, post);
    onDidDispose(() => {
      if (this.open.get(address) === post) this.open.delete(address);
      detach();
      form.dispose();
    });
    webview.onDidReceiveMessage((message: FromModelPage) => this.receive(document, form, message, post));
    loadPage(webview, this.extension, 'model');
  }

  private receive(
    document: ModelDocument,
    form: ConfigureForm,
    message: FromModelPage,
    post: (message: ToModelPage) => void,
  ): void {
    switch (message.type) {
      case 'ready':
        document.tellAll(post);
        if (this.configured === document.path) post({ type: 'openForm' });
        return;
      case 'configure':
        this.configured = undefined;
        if (vscode.workspace.isTrusted) void form.receive(message);
        return;
      case 'preview':
      case 'expect':
      case 'chooseData':
      case 'cancelLoss':
      case 'save':
        if (vscode.workspace.isTrusted) void form.receive(message);
        return;
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
