import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { AnalysisOptions } from '../options/options';
import { pathsBelow, readSidecar } from '../options/sidecar';
import { readSettings, SECTION } from './settings';
import { t } from './translate';

/** Combines the options of the settings with those of the sidecar file, which win. */
export async function modelOptions(model: string): Promise<AnalysisOptions> {
  const configuration = vscode.workspace.getConfiguration(SECTION, vscode.Uri.file(model));
  const settings = readSettings((name) => configuration.get(name));
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(model))?.uri.fsPath ?? dirname(model);
  return { ...pathsBelow(folder, settings.options, t('settings, ridgeline')), ...(await readSidecar(model)) };
}
