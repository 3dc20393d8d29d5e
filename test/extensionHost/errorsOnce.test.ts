import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { fileUri, tabLabels, until, writeSidecar } from './workspace';

/** Catches error messages of the extension, which an extension host cannot read back. */
function catchErrors(): { texts: string[]; buttons: string[][]; restore: () => void } {
  const window = vscode.window as unknown as Record<string, unknown>;
  const before = window['showErrorMessage'];
  const texts: string[] = [];
  const buttons: string[][] = [];
  window['showErrorMessage'] = (text: string, ...items: { title: string }[]) => {
    texts.push(text);
    buttons.push(items.map(({ title }) => title));
    return Promise.resolve(undefined);
  };
  return { texts, buttons, restore: () => (window['showErrorMessage'] = before) };
}

const model = fileUri('lenet.onnx');
const WRONG = {
  data: 'lenet.npz',
  loss: 'cross_entropy',
  target: 'nothing',
  preset: 'quick',
  provider: 'cpu',
} as const;

describe('an analysis that cannot run', () => {
  before(async () => {
    await vscode.extensions.getExtension('ridgeline.ridgeline')!.activate();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tells why in its page alone, while that is in view', async () => {
    await writeSidecar(WRONG);
    const { texts, restore } = catchErrors();
    try {
      await vscode.commands.executeCommand('ridgeline.analyze', model);
      await until('the page', () => tabLabels().includes('lenet.onnx: landscape'));
      assert.deepEqual(texts, []);
    } finally {
      restore();
    }
  });

  it('on a cluster says that Slurm does not answer here, and asks nothing where the arguments are given', async () => {
    await writeSidecar({ ...WRONG, target: undefined });
    const { texts, restore } = catchErrors();
    try {
      await vscode.commands.executeCommand('ridgeline.analyzeOnCluster', model, '--partition=none');
      await until('the page', () => tabLabels().includes('lenet.onnx: landscape'));
      assert.deepEqual(texts, []);
    } finally {
      restore();
    }
  });

  it('tells why in a message where no page is in view, in the words of the editor', async () => {
    await writeSidecar({ ...WRONG, target: undefined, input: { input: 'nothing' } });
    const { texts, buttons, restore } = catchErrors();
    try {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      await vscode.commands.executeCommand('ridgeline.checkSaddle', model);
      await until('the message', () => texts.length > 0);
    } finally {
      restore();
    }
    assert.equal(texts.length, 1);
    assert.doesNotMatch(texts[0]!, /--[a-z]/);
    assert.ok(buttons[0]!.length > 0, texts[0]);
  });

  it('names the button for data that is gone', async () => {
    await writeFile(fileUri('bad.npz').fsPath, 'no archive');
    await writeSidecar({ data: 'bad.npz' });
    const { texts, buttons, restore } = catchErrors();
    try {
      await vscode.commands.executeCommand('ridgeline.checkSaddle', model);
      await until('the message', () => texts.length > 0);
    } finally {
      restore();
      await rm(fileUri('bad.npz').fsPath);
    }
    assert.equal(buttons[0]![0], 'Choose Data…', texts[0]);
  });

  it('is told in the page of a verification alone, while that is in view', async () => {
    await writeSidecar(WRONG);
    const { texts, restore } = catchErrors();
    try {
      await vscode.commands.executeCommand('ridgeline.verify', model);
      await until('the page', () => tabLabels().includes('lenet.onnx: verification'));
      assert.deepEqual(texts, []);
    } finally {
      restore();
    }
  });
});
