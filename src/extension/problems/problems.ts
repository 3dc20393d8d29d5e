import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import * as vscode from 'vscode';
import { MODELS } from '../chooseModel';
import type { ReportStore, StoredReport } from '../reportStore';
import { SECTION } from '../settings';
import { lineOfVerdict, problemsOf } from './problemTexts';

/**
 * Shows the verdicts of each model's newest complete report in the Problems panel, as diagnostics of the model file. They
 * go when the report is deleted or the file has other contents, and return with the window.
 */
export class Problems implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('ridgeline');
  private readonly subscriptions: vscode.Disposable[];
  private readonly page: vscode.Uri;
  private pageText: string | undefined;
  /** Checksums by path, with the time of the change that they hold for. */
  private readonly checksums = new Map<string, { modified: number; sha256: string }>();
  private last: Promise<void> = Promise.resolve();

  constructor(
    extension: vscode.Uri,
    private readonly store: ReportStore,
    private readonly onFault: (error: unknown) => void,
  ) {
    this.page = vscode.Uri.joinPath(extension, 'docs', 'verdicts.md');
    const models = vscode.workspace.createFileSystemWatcher(MODELS);
    const refresh = (): void => this.refresh();
    this.subscriptions = [
      this.collection,
      models,
      models.onDidCreate(refresh),
      models.onDidChange(refresh),
      models.onDidDelete(refresh),
      { dispose: store.onChange(refresh) },
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.problems`)) refresh();
      }),
    ];
    refresh();
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  /** Changes come in bursts, and a later one must not be overtaken by an earlier one. */
  private refresh(): void {
    this.last = this.last.then(() => this.update()).catch(this.onFault);
  }

  private async update(): Promise<void> {
    const newest = new Map<string, StoredReport>();
    for (const entry of await this.store.list()) {
      if (entry.complete && !newest.has(entry.model)) newest.set(entry.model, entry);
    }
    const shown: [vscode.Uri, vscode.Diagnostic[]][] = [];
    for (const [model, entry] of newest) {
      const uri = vscode.Uri.file(model);
      const isOn = vscode.workspace.getConfiguration(SECTION, uri).get('problems.enabled', true);
      // A sample that was opened to look at, and a model of another workspace, are no problems of this one.
      if (!isOn || !vscode.workspace.getWorkspaceFolder(uri) || !(await this.isOfThisFile(entry))) continue;
      shown.push([uri, await this.diagnosticsOf(entry)]);
    }
    this.collection.clear();
    this.collection.set(shown);
  }

  /** Whether the file has the contents that the report was made of. */
  private async isOfThisFile({ model, sha256 }: StoredReport): Promise<boolean> {
    const file = await stat(model).catch(() => null);
    if (!file?.isFile() || sha256 === undefined) return false;
    const known = this.checksums.get(model);
    if (known?.modified === file.mtimeMs) return known.sha256 === sha256;
    const hash = createHash('sha256');
    await pipeline(createReadStream(model, { highWaterMark: 2 ** 20 }), hash);
    const found = hash.digest('hex');
    this.checksums.set(model, { modified: file.mtimeMs, sha256: found });
    return found === sha256;
  }

  private async diagnosticsOf(entry: StoredReport): Promise<vscode.Diagnostic[]> {
    this.pageText ??= await readFile(this.page.fsPath, 'utf8');
    const start = new vscode.Range(0, 0, 0, 0);
    return problemsOf(entry).map(({ id, severity, message }) => {
      const { Warning, Information } = vscode.DiagnosticSeverity;
      const diagnostic = new vscode.Diagnostic(start, message, severity === 'warning' ? Warning : Information);
      diagnostic.source = 'Ridgeline';
      const target = this.page.with({ fragment: `L${lineOfVerdict(this.pageText!, id)}` });
      diagnostic.code = { value: id, target };
      return diagnostic;
    });
  }
}
