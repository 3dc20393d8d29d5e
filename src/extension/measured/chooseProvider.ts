import * as vscode from 'vscode';
import { PROVIDERS } from '../../options/options';
import { SECTION } from '../settings';

/** Writes the provider that analyses run on into the settings: those of the workspace if they name one, else the user's. */
export async function chooseProvider(provider: string): Promise<void> {
  if (!(PROVIDERS as readonly string[]).includes(provider)) return;
  const settings = vscode.workspace.getConfiguration(SECTION);
  const inWorkspace = settings.inspect('provider')?.workspaceValue !== undefined;
  const target = inWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await settings.update('provider', provider, target);
}
