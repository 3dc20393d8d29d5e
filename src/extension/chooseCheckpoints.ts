import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { t } from './translate';

/**
 * Finds the checkpoints that a command concerns: the files or folders that the user selected, the folder of one file,
 * else a folder that the user chooses.
 * @param called what the user called the command on
 * @param selected all that is selected there
 */
export async function chooseCheckpoints(called: unknown, selected: unknown): Promise<string[] | undefined> {
  const chosen = resources(selected).length > 1 ? resources(selected) : resources(called);
  const [only] = chosen;
  if (chosen.length > 1) return chosen.map(({ fsPath }) => fsPath);
  if (only) return [only.path.endsWith('.onnx') ? dirname(only.fsPath) : only.fsPath];
  const opened = await vscode.window.showOpenDialog({
    title: t('Choose the folder of the checkpoints of one training run'),
    openLabel: t('Follow'),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return opened?.map(({ fsPath }) => fsPath);
}

/** The files and folders on this machine among arguments of a command. */
function resources(given: unknown): vscode.Uri[] {
  const list: unknown[] = Array.isArray(given) ? given : [given];
  return list.filter((item): item is vscode.Uri => item instanceof vscode.Uri && item.scheme === 'file');
}
