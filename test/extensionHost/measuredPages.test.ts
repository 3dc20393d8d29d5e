import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { AnalysisOptions } from '../../src/options/options';
import { fileUri, until, writeSidecar } from './workspace';

const model = fileUri('lenet.onnx');
const BRIEF: AnalysisOptions = { data: 'lenet.npz', samples: 32, provider: 'cpu', only: ['loss'] };
const run = (name: string, ...rest: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`ridgeline.${name}`, ...rest);

/** The columns in which tabs of this label are open. */
function columnsOf(label: string): vscode.ViewColumn[] {
  return vscode.window.tabGroups.all.flatMap(({ tabs, viewColumn }) =>
    tabs.filter((tab) => tab.label === label).map(() => viewColumn),
  );
}

describe('the pages of verification and providers', () => {
  before(() => vscode.extensions.getExtension('ridgeline.ridgeline')!.activate());
  beforeEach(async () => {
    await writeSidecar(BRIEF);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('open beside the editor that is in front, and leave it the focus', async () => {
    const text = await vscode.window.showTextDocument(fileUri('README.md'), { viewColumn: vscode.ViewColumn.One });
    await run('verify', model);
    await untilIn(vscode.ViewColumn.Two, 'lenet.onnx: verification');
    assert.equal(vscode.window.activeTextEditor?.document, text.document);
  });

  it('open in the column of the panel, wherever the focus is', async () => {
    await vscode.window.showTextDocument(fileUri('README.md'), { viewColumn: vscode.ViewColumn.One });
    await run('analyze', model);
    await untilIn(vscode.ViewColumn.Two, 'lenet.onnx: landscape');
    await vscode.commands.executeCommand('workbench.action.focusSecondEditorGroup');
    await run('verify', model);
    await run('providers');
    for (const label of ['lenet.onnx: landscape', 'lenet.onnx: verification', 'Execution providers']) {
      await untilIn(vscode.ViewColumn.Two, label);
    }
  });

  it('show the model in the column of the panel, too', async () => {
    await vscode.window.showTextDocument(fileUri('README.md'), { viewColumn: vscode.ViewColumn.One });
    await run('providers');
    await vscode.commands.executeCommand('workbench.action.focusFirstEditorGroup');
    await run('inspect', model);
    await untilIn(vscode.ViewColumn.Two, 'lenet.onnx');
  });

  it('use the same tab when they are asked for again', async () => {
    await run('verify', model);
    await run('verify', model);
    await untilIn(columnsOf('lenet.onnx: verification')[0]!, 'lenet.onnx: verification');
  });

  it('stop measuring when they are closed', async () => {
    await writeSidecar({ ...BRIEF, samples: 1000 });
    const running = run('verify', model);
    await until('the page', () => columnsOf('lenet.onnx: verification').length === 1);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await running;
    await until('the page to be gone', () => columnsOf('lenet.onnx: verification').length === 0);
  });
});

/** Waits until a tab of this label is open, and checks that it is the only one and in which column. */
async function untilIn(column: vscode.ViewColumn, label: string): Promise<void> {
  await until(label, () => columnsOf(label).length > 0);
  assert.deepEqual(columnsOf(label), [column], label);
}
