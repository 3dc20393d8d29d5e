import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { SIDECAR_OPTIONS } from '../../src/options/table';
import { fileUri, removeSidecar, until } from './workspace';

const sidecar = fileUri('lenet.landscape.json');
const labelOf = ({ label }: vscode.CompletionItem): string => (typeof label === 'string' ? label : label.label);

/** What the editor offers at the mark | in a sidecar file, once the language server has the schema. */
async function offered(text: string): Promise<vscode.CompletionItem[]> {
  const at = text.indexOf('|');
  await writeFile(sidecar.fsPath, text.replace('|', ''));
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  const document = await vscode.workspace.openTextDocument(sidecar);
  await vscode.window.showTextDocument(document);
  await until('the text', () => document.getText() === text.replace('|', ''));
  return until('an offer', async () => {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      sidecar,
      document.positionAt(at),
    );
    return items.length > 1 ? items : undefined;
  });
}

describe('the sidecar file in the editor', () => {
  before(() => vscode.extensions.getExtension('ridgeline.ridgeline')!.activate());
  after(removeSidecar);

  it('is offered the keys that it may have and no others, each with its description', async () => {
    const items = await offered('{\n  |\n}');
    const keys = items.map((item) => labelOf(item).replaceAll('"', ''));
    for (const { name } of SIDECAR_OPTIONS) assert.ok(keys.includes(name), `${name} of ${keys.join()}`);
    for (const name of ['output', 'html', 'markdown', 'saveBest', 'cache', 'quiet', 'fresh'])
      assert.ok(!keys.includes(name), name);
    const loss = items.find((item) => labelOf(item).replaceAll('"', '') === 'loss')!;
    const { documentation } = loss;
    assert.match(typeof documentation === 'string' ? documentation : (documentation?.value ?? ''), /Loss function/);
  });

  it('is offered the values that an option takes', async () => {
    const items = await offered('{\n  "preset": |\n}');
    const values = items.map((item) => labelOf(item).replaceAll('"', ''));
    for (const preset of ['quick', 'standard', 'thorough']) assert.ok(values.includes(preset), values.join());
  });

  it('is offered the verdicts that may fail a job, each with its title', async () => {
    const items = await offered('{\n  "failOn": [|]\n}');
    const saddle = items.find((item) => labelOf(item).replaceAll('"', '') === 'saddle');
    assert.ok(saddle, items.map(labelOf).join());
    const { documentation } = saddle;
    assert.match(typeof documentation === 'string' ? documentation : (documentation?.value ?? ''), /Saddle point/);
  });
});
