import { basename } from 'node:path';
import * as vscode from 'vscode';
import { chooseModel, MODELS, NOT_MODELS } from './chooseModel';
import { headVersion } from './headVersion';
import { shownName } from './shownName';
import { t } from './translate';

/** Compares the models with one another, under the panel of `shown`. */
export type RunComparison = (shown: string, models: readonly string[]) => Promise<void>;

/** The user's actions that compare models. */
export class CompareActions {
  constructor(
    /** Folder for models as the last commit has them. */
    private readonly versions: vscode.Uri,
    /** Runs work on a model to its end, if the workspace is trusted, and shows a failure as a message. */
    private readonly onModel: (
      model: () => Promise<string | undefined>,
      work: (model: string) => Promise<void>,
    ) => Promise<void>,
    private readonly run: RunComparison,
  ) {}

  /**
   * Compares the selected models, or those that the user chooses.
   * @param called the file on which the user called the command
   * @param selected all files that are selected in the Explorer
   */
  compare(called?: unknown, selected?: unknown): Promise<void> {
    let models: string[] = [];
    return this.onModel(
      async () => {
        models = selectedModels(called, selected);
        if (models.length < 2) models = (await chooseModels(models[0])) ?? [];
        return models[0];
      },
      (first) => this.run(first, models),
    );
  }

  /** Compares a model with itself as the last commit has it. */
  compareWithHead(called?: unknown): Promise<void> {
    return this.onModel(
      () => chooseModel(called),
      async (model) => {
        const git = vscode.workspace
          .getConfiguration('git', vscode.Uri.file(model))
          .get<string | string[] | null>('path');
        const command = (Array.isArray(git) ? git[0] : git) || 'git';
        const head = await headVersion(model, this.versions.fsPath, command);
        await this.run(model, [head, model]);
      },
    );
  }
}

/** The selected models, each once: the Explorer passes the file under the pointer and the whole selection. */
function selectedModels(called: unknown, selected: unknown): string[] {
  const all: unknown[] = Array.isArray(selected) && selected.length > 0 ? selected : [called];
  const files = all.filter((each): each is vscode.Uri => each instanceof vscode.Uri && each.scheme === 'file');
  return [...new Set(files.filter(({ path }) => path.endsWith('.onnx')).map(({ fsPath }) => fsPath))];
}

/** Lets the user choose two or more models of the workspace. The first in the list is the one to compare with. */
async function chooseModels(first: string | undefined): Promise<string[] | undefined> {
  const found = await vscode.workspace.findFiles(MODELS, NOT_MODELS, 1000);
  const items = found.map((uri) => ({
    label: shownName(uri.path),
    description: vscode.workspace.asRelativePath(uri).slice(0, -basename(uri.path).length),
    picked: uri.fsPath === first,
    uri,
  }));
  items.sort((a, b) => Number(b.picked) - Number(a.picked) || a.label.localeCompare(b.label));
  if (items.length < 2) {
    void vscode.window.showInformationMessage(t('This workspace has no two .onnx files to compare.'));
    return undefined;
  }
  const chosen = await vscode.window.showQuickPick(items, {
    title: t('Compare Landscapes'),
    placeHolder: t('Choose two or more models of the same task'),
    canPickMany: true,
  });
  if (!chosen) return undefined;
  if (chosen.length < 2) {
    void vscode.window.showInformationMessage(t('A comparison needs two or more models.'));
    return undefined;
  }
  return chosen.map(({ uri }) => uri.fsPath);
}
