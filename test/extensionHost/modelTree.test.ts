import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { ModelTree } from '../../src/extension/modelTree';
import { ReportStore } from '../../src/extension/reportStore';
import { fileUri, reportFolders, storedReports, tabLabels, until, writeSidecar } from './workspace';

/** The tree that the window shows, on the same reports: an extension host cannot read the rows of the window's own. */
describe('the tree of models', () => {
  const model = fileUri('lenet.onnx');
  const other = fileUri('untouched.onnx');
  let tree: ModelTree;
  const rows = async (of?: Parameters<ModelTree['getChildren']>[0]) => {
    const children = await tree.getChildren(of);
    return Promise.all(children.map(async (element) => ({ element, item: await tree.getTreeItem(element) })));
  };
  const rowOf = async ({ fsPath }: vscode.Uri) => (await rows()).find(({ item }) => item.id === fsPath)!;

  before(async () => {
    await vscode.extensions.getExtension('ridgeline.ridgeline')!.activate();
    await writeSidecar({ data: 'lenet.npz', samples: 32, provider: 'cpu', only: ['loss'] });
    await vscode.commands.executeCommand('ridgeline.analyze', model);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const folder = (await reportFolders()).find(existsSync);
    tree = new ModelTree(new ReportStore(folder!, () => 50));
  });
  after(async () => {
    tree.dispose();
    await vscode.workspace.fs.delete(other);
  });

  it('gains a row for a model that appears, and says that it is not analysed', async () => {
    let told = 0;
    const listening = tree.onDidChangeTreeData(() => (told += 1));
    await vscode.workspace.fs.copy(model, other);
    await until('the change', () => told > 0);
    listening.dispose();
    const { item } = await rowOf(other);
    assert.deepEqual([item.label, item.description, item.contextValue], ['untouched.onnx', 'not analysed', 'model']);
    assert.equal(item.collapsibleState, vscode.TreeItemCollapsibleState.None);
  });

  it('shows the loss of the last report of a model, and each of its reports below, newest first', async () => {
    const { element, item } = await rowOf(model);
    const stored = (await storedReports()).filter((report) => report.model === model.fsPath);
    assert.match(String(item.description), /(^|· )loss \d\.\d+$/);
    const reports = await rows(element);
    assert.equal(item.description, reports[0]?.item.description);
    assert.deepEqual(
      reports.map((row) => row.item.id),
      stored.map(({ id }) => id),
    );
    assert.ok(reports.every((row) => row.item.contextValue === 'report'));
  });

  it('opens the report of the row that is clicked', async () => {
    const { command } = (await rows((await rowOf(model)).element))[0]!.item;
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments as unknown[]));
    await until('the panel', () => tabLabels().includes('lenet.onnx: landscape'));
  });
});
