import { basename } from 'node:path';
import * as vscode from 'vscode';
import { shownName } from './shownName';
import { t } from './translate';

export const MODELS = '**/*.onnx';
export const NOT_MODELS = '**/{node_modules,.git,.venv,.cache}/**';

/**
 * Finds the model that a command concerns: the one on which the user called it, else the model in the active editor,
 * else one that the user chooses from the workspace. If `called` is 'another', the user always chooses.
 */
export async function chooseModel(called: unknown): Promise<string | undefined> {
  const resource = called instanceof vscode.Uri ? called : (modelInTree(called) ?? modelInFront());
  if (resource && called !== 'another') return onDisk(resource);
  const found = await vscode.workspace.findFiles(MODELS, NOT_MODELS, 1000);
  const items = found.map((uri) => ({
    label: shownName(uri.path),
    description: vscode.workspace.asRelativePath(uri).slice(0, -basename(uri.path).length),
    uri,
  }));
  items.sort((a, b) => a.label.localeCompare(b.label));
  if (items.length === 1 && called !== 'another') return onDisk(items[0].uri);
  if (items.length > 0) {
    const chosen = await vscode.window.showQuickPick(items, { title: t('Model'), placeHolder: t('Which model?') });
    return chosen && onDisk(chosen.uri);
  }
  const [opened] =
    (await vscode.window.showOpenDialog({
      title: t('This workspace has no .onnx file. Choose one.'),
      filters: { [t('ONNX model')]: ['onnx'] },
    })) ?? [];
  return opened && onDisk(opened);
}

/** Returns the model of an element of our own tree. */
function modelInTree(called: unknown): vscode.Uri | undefined {
  const isModel = typeof called === 'object' && called !== null && 'kind' in called && called.kind === 'model';
  return isModel && 'path' in called ? vscode.Uri.file(String(called.path)) : undefined;
}

function modelInFront(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  const uri = input instanceof vscode.TabInputText || input instanceof vscode.TabInputCustom ? input.uri : undefined;
  return uri?.path.endsWith('.onnx') ? uri : undefined;
}

function onDisk(uri: vscode.Uri): string | undefined {
  if (uri.scheme === 'file') return uri.fsPath;
  void vscode.window.showErrorMessage(
    t('{0} is not a file on this machine ({1}:). Save it to a folder first.', shownName(uri.path), uri.scheme),
  );
  return undefined;
}
