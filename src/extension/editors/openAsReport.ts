import * as vscode from 'vscode';
import { REPORT_EDITOR_ON_REQUEST } from './reportEditor';
import { t } from '../translate';

/** Opens a JSON file as a report: the one that the command was called on, or that in front, or else one to choose. */
export async function openAsReport(called?: unknown): Promise<void> {
  const file = called instanceof vscode.Uri ? called : (fileInFront() ?? (await chooseFile()));
  if (file) await vscode.commands.executeCommand('vscode.openWith', file, REPORT_EDITOR_ON_REQUEST);
}

function fileInFront(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.path.endsWith('.json') ? uri : undefined;
}

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const [chosen] =
    (await vscode.window.showOpenDialog({ title: t('Report'), filters: { [t('JSON report')]: ['json'] } })) ?? [];
  return chosen;
}
