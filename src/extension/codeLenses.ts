import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { onnxExportsIn } from '../python/exports';
import { localTime } from './localTime';
import { reportHeadline } from './reportHeadline';
import type { ReportStore } from './reportStore';
import { SECTION } from './settings';
import { t } from './translate';

/** Larger files are data or generated, and nobody exports models there. */
const LARGEST = 2 ** 20;

/**
 * Offers analysis and inspection above the calls in Python files and notebooks that have written an ONNX file, and says
 * what the last report found.
 */
export class CodeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly store: ReportStore) {
    const models = vscode.workspace.createFileSystemWatcher('**/*.onnx', false, true, false);
    const refresh = (): void => this.changed.fire();
    this.subscriptions = [
      models,
      models.onDidCreate(refresh),
      models.onDidDelete(refresh),
      { dispose: store.onChange(refresh) },
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${SECTION}.codeLens`)) refresh();
      }),
      vscode.languages.registerCodeLensProvider({ language: 'python' }, this),
    ];
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const isOn = vscode.workspace.getConfiguration(SECTION, document.uri).get('codeLens.enabled', true);
    const source = document.getText();
    if (!isOn || source.length > LARGEST) return [];
    const lenses: vscode.CodeLens[] = [];
    for (const { at, path } of onnxExportsIn(source, basename(document.uri.fsPath), otherCells(document))) {
      const model = await modelAt(path, document.uri);
      if (!model) continue;
      const place = document.positionAt(at);
      const range = new vscode.Range(place, place);
      lenses.push(...(await this.commandsFor(model)).map((command) => new vscode.CodeLens(range, command)));
    }
    return lenses;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }

  private async commandsFor(model: string): Promise<vscode.Command[]> {
    const uri = vscode.Uri.file(model);
    const [latest] = await this.store.list(model);
    return [
      {
        command: 'ridgeline.analyze',
        title: t('$(graph-scatter) Analyze Landscape'),
        tooltip: model,
        arguments: [uri],
      },
      ...(latest
        ? [
            {
              command: 'ridgeline.openReport',
              title: reportHeadline(latest),
              tooltip: t('Open the report of {0}', localTime(latest.started)),
              arguments: [{ id: latest.id }],
            },
          ]
        : []),
      { command: 'ridgeline.inspect', title: t('Inspect'), tooltip: t('Inspect {0}', model), arguments: [uri] },
    ];
  }
}

/** The other Python cells of a notebook, if the document is one of its cells. */
function otherCells(document: vscode.TextDocument): string[] {
  const notebook = vscode.workspace.notebookDocuments.find((each) =>
    each.getCells().some((cell) => cell.document === document),
  );
  return (notebook?.getCells() ?? [])
    .map((cell) => cell.document)
    .filter((other) => other !== document && other.languageId === 'python')
    .map((other) => other.getText());
}

/** The file that a path of a program means: relative to the folder of its source, or to a folder of the workspace. */
async function modelAt(path: string, source: vscode.Uri): Promise<string | null> {
  // A cell has the path of its notebook. An untitled document lies in no folder.
  const own = source.scheme === 'file' || source.scheme === 'vscode-notebook-cell' ? [dirname(source.fsPath)] : [];
  const folders = (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
  const places = isAbsolute(path) ? [path] : [...own, ...folders].map((folder) => resolve(folder, path));
  for (const place of places) {
    const found = await stat(place).catch(() => null);
    if (found?.isFile()) return place;
  }
  return null;
}
