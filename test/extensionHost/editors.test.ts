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
});
