import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { fileUri, until } from './workspace';

/** The custom editor in front: its type and its file. */
function editorInFront(): { type: string; file: string } | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom ? { type: input.viewType, file: input.uri.fsPath } : undefined;
}

describe('the editors', () => {
  before(() => vscode.extensions.getExtension('ridgeline.ridgeline')!.activate());
  beforeEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('open a model that is clicked in the Explorer', async () => {
    await vscode.commands.executeCommand('vscode.open', fileUri('lenet.onnx'));
    const found = await until('the editor', editorInFront);
    assert.deepEqual(found, { type: 'ridgeline.model', file: fileUri('lenet.onnx').fsPath });
  });

  it('open a model by the command that inspects it', async () => {
    await vscode.commands.executeCommand('ridgeline.inspect', fileUri('lenet.onnx'));
    assert.equal((await until('the editor', editorInFront)).type, 'ridgeline.model');
  });

  it('open files that are no models', async () => {
    const foreign = fileUri('foreign.onnx');
    await writeFile(foreign.fsPath, 'no model');
    await vscode.commands.executeCommand('vscode.open', foreign);
    assert.equal((await until('the editor', editorInFront)).file, foreign.fsPath);
    await vscode.workspace.fs.delete(foreign);
  });

  it('open an exported report as the page of a panel', async () => {
    const report = await exportedReport('lenet.landscape-report.json');
    await vscode.commands.executeCommand('vscode.open', report);
    assert.deepEqual(await until('the editor', editorInFront), { type: 'ridgeline.report', file: report.fsPath });
    await vscode.workspace.fs.delete(report);
  });

  it('leave an options file to the editor of text, and open it as a report on request', async () => {
    const file = await exportedReport('lenet.landscape.json');
    await vscode.commands.executeCommand('vscode.open', file);
    await until('the text', () => vscode.window.activeTextEditor?.document.uri.fsPath === file.fsPath);
    await vscode.commands.executeCommand('ridgeline.openAsReport');
    assert.equal((await until('the editor', editorInFront)).type, 'ridgeline.reportOnRequest');
    await vscode.workspace.fs.delete(file);
  });
});

/** Writes a report of the fixtures into the workspace. */
async function exportedReport(name: string): Promise<vscode.Uri> {
  const { extensionUri } = vscode.extensions.getExtension('ridgeline.ridgeline')!;
  const fixture = vscode.Uri.joinPath(extensionUri, 'test/fixtures/reports', 'synthetic-lenet.json');
  await vscode.workspace.fs.copy(fixture, fileUri(name), { overwrite: true });
  return fileUri(name);
}
