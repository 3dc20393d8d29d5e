import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { tabLabels, until } from './workspace';

describe('the walkthrough', () => {
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens by its command', async () => {
    await vscode.commands.executeCommand('ridgeline.getStarted');
    await until('the walkthrough', () => tabLabels().some((label) => /^(Walkthrough|Welcome|Get Started)/.test(label)));
  });

  it('belongs to an extension whose every title has its text', () => {
    const { packageJSON } = vscode.extensions.getExtension('ridgeline.ridgeline')!;
    const { contributes } = packageJSON as { contributes: { commands: { title: string }[] } };
    assert.ok(contributes.commands.some(({ title }) => title === 'Analyze Landscape'));
    assert.doesNotMatch(JSON.stringify(contributes), /"%[\w.]+%"/);
  });
});
