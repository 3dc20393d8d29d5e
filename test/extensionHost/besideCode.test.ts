import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { fileUri, storedReports, until } from './workspace';

const folder = fileUri('code').fsPath;
const model = vscode.Uri.file(join(folder, 'out', 'net.onnx'));
const script = vscode.Uri.file(join(folder, 'export.py'));
const notebook = vscode.Uri.file(join(folder, 'export.ipynb'));
const settings = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration('ridgeline').update(name, value, vscode.ConfigurationTarget.Workspace);

const SCRIPT = `import torch
from pathlib import Path

OUT = Path(__file__).parent / "out"
# torch.onnx.export(net, x, "out/net.onnx")
torch.onnx.export(
    net,
    x,
    str(OUT / "net.onnx"),
)
torch.onnx.export(net, x, "not-there.onnx")
`;

async function lensesOf(uri: vscode.Uri): Promise<{ line: number; title: string; command: string }[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100);
  return found
    .map(({ range, command }) => ({
      line: range.start.line,
      title: command?.title ?? '',
      command: command?.command ?? '',
    }))
    .filter(({ command }) => command.startsWith('ridgeline.'));
}

/** Waits until the lenses are as expected, since the editor asks for them after a change. */
function lenses(uri: vscode.Uri, isRight: (found: Awaited<ReturnType<typeof lensesOf>>) => boolean) {
  return until('the lenses', async () => {
    const found = await lensesOf(uri);
    return isRight(found) ? found : undefined;
  });
}

const problems = (): vscode.Diagnostic[] =>
  vscode.languages.getDiagnostics(model).filter(({ source }) => source === 'Ridgeline');

describe('beside the code', () => {
  before(async () => {
    await vscode.extensions.getExtension('ridgeline.ridgeline')!.activate();
    await mkdir(join(folder, 'out'), { recursive: true });
    await copyFile(fileUri('lenet.onnx').fsPath, model.fsPath);
    const options = { data: '../../lenet.npz', loss: 'cross_entropy', preset: 'quick', samples: 64, provider: 'cpu' };
    const only = ['loss', 'gradient', 'spectrum'];
    await writeFile(join(folder, 'out', 'net.landscape.json'), JSON.stringify({ ...options, only }));
    await writeFile(script.fsPath, SCRIPT);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('offers analysis and inspection above the call that wrote a file', async () => {
    await vscode.workspace.openTextDocument(script);
    const found = await lenses(script, ({ length }) => length === 2);
    assert.deepEqual(
      found.map(({ line, command }) => [line, command]),
      [
        [5, 'ridgeline.analyze'],
        [5, 'ridgeline.inspect'],
      ],
    );
  });

  it('offers them in the cell of a notebook, with names of other cells', async () => {
    const cell = (source: string) => ({
      cell_type: 'code',
      execution_count: null,
      metadata: {},
      outputs: [],
      source: source.split(/(?<=\n)/),
    });
    const cells = [cell('import torch.onnx as onnx\nOUT = "out/net.onnx"'), cell('%time\nonnx.export(net, x, OUT)')];
    const metadata = { language_info: { name: 'python' } };
    await writeFile(notebook.fsPath, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
    const opened = await vscode.workspace.openNotebookDocument(notebook);
    await vscode.window.showNotebookDocument(opened);
    const found = await lenses(opened.cellAt(1).document.uri, ({ length }) => length === 2);
    assert.equal(found[0]!.line, 1);
  });

  it('says in the lens and in the Problems panel what the report found', async () => {
    await vscode.commands.executeCommand('ridgeline.analyze', model);
    const found = await lenses(script, ({ length }) => length === 3);
    assert.equal(found[1]!.command, 'ridgeline.openReport');
    assert.match(found[1]!.title, /^Loss 0\.\d+ · (needs action|worth knowing): /);
    const shown = await until('the problems', () => (problems().length > 0 ? problems() : undefined));
    const [first] = shown;
    assert.ok(first!.message.length > 40, first!.message);
    assert.equal(typeof first!.code, 'object');
    const { value, target } = first!.code as { value: string; target: vscode.Uri };
    const page = await vscode.workspace.openTextDocument(target.with({ fragment: '' }));
    assert.match(page.lineAt(Number(target.fragment.slice(1)) - 1).text, /^### |^\| /);
    const [{ verdicts }] = await storedReports();
    assert.ok(verdicts.some(({ id, verdict }) => id === value && verdict === 'present'));
    const hasAction = verdicts.some(({ level, severity, verdict }) =>
      level === undefined
        ? verdict === 'present' && (severity === 'high' || severity === 'medium')
        : level === 'action',
    );
    const isWarning = shown.some(({ severity }) => severity === vscode.DiagnosticSeverity.Warning);
    assert.equal(isWarning, hasAction);
  });

  it('obeys the settings', async () => {
    await settings('codeLens.enabled', false);
    await settings('problems.enabled', false);
    await lenses(script, ({ length }) => length === 0);
    await until('no problem', () => problems().length === 0);
    await settings('codeLens.enabled', undefined);
    await settings('problems.enabled', undefined);
    await lenses(script, ({ length }) => length === 3);
    await until('the problems', () => problems().length > 0);
  });

  it('takes the problems back when the model has other contents', async () => {
    // A byte behind the last field: a reader may refuse it, and the checksum differs.
    await appendFile(model.fsPath, Buffer.from([0]));
    await until('no problem', () => problems().length === 0);
    await copyFile(fileUri('lenet.onnx').fsPath, model.fsPath);
    await until('the problems', () => problems().length > 0);
  });

  it('takes the problems back when the report is deleted', async () => {
    const [{ id }] = await storedReports();
    await vscode.commands.executeCommand('ridgeline.deleteReport', { id });
    await until('no problem', () => problems().length === 0);
    await lenses(script, ({ length }) => length === 2);
  });
});
