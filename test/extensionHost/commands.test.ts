import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import type { AnalysisOptions } from '../../src/options/options';
import { catchMessages, takeFirstRows } from './messages';
import { fileUri, latestReport, storedReports, tabLabels, until, writeSidecar } from './workspace';

const model = fileUri('lenet.onnx');
const BRIEF: AnalysisOptions = { data: 'lenet.npz', samples: 32, provider: 'cpu', only: ['loss'] };
const run = (name: string, ...rest: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`ridgeline.${name}`, ...rest);

describe('the commands beside an analysis', () => {
  before(() => vscode.extensions.getExtension('ridgeline.ridgeline')!.activate());
  beforeEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('ask for data, loss and preset even where the sidecar has them, and offer the likely answers first', async () => {
    await writeSidecar(BRIEF);
    const [lists, messages] = [takeFirstRows(), catchMessages()];
    try {
      await run('analyzeWithOptions', model);
    } finally {
      lists.restore();
      messages.restore();
    }
    assert.deepEqual(messages.texts, []);
    assert.deepEqual(lists.titles, ['Data for lenet.onnx', 'Loss', 'Preset']);
    const { objective, provenance } = await latestReport();
    assert.equal(objective!.function, 'cross_entropy');
    assert.equal(provenance.options.preset, 'quick');
    assert.equal(JSON.parse(readFileSync(fileUri('lenet.landscape.json').fsPath, 'utf8')).loss, 'cross_entropy');
  });

  it('bring the panel of a model back in front', async () => {
    await writeSidecar(BRIEF);
    await run('analyze', model);
    await vscode.window.showTextDocument(fileUri('README.md'), { viewColumn: vscode.ViewColumn.One });
    const front = (): string[] => vscode.window.tabGroups.all.map(({ activeTab }) => activeTab?.label ?? '');
    assert.ok(!front().includes('lenet.onnx: landscape'), front().join());
    await run('show', model);
    await until('the panel', () => front().includes('lenet.onnx: landscape'));
  });

  it('open the form that configures an analysis on the page of the model', async () => {
    await run('configure', model);
    await until('the page of the model', () => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      return input instanceof vscode.TabInputCustom && input.uri.fsPath === model.fsPath;
    });
  });

  it('check the derivatives and show each check', async () => {
    await writeSidecar(BRIEF);
    await run('verify', model);
    await until('the page', () => tabLabels().some((label) => label.includes('verification')));
  });

  it('download nothing before the user has agreed', async () => {
    const { texts, restore } = catchMessages();
    try {
      await run('installCuda');
    } finally {
      restore();
    }
    assert.equal(texts.length, 1, texts.join());
    assert.match(texts[0]!, /^Install the CUDA libraries|^The CUDA libraries are installed already|cannot be reached/);
  });

  it('open the log', async () => {
    await run('showLog');
    const isLog = ({ scheme, path }: vscode.Uri): boolean => scheme === 'output' && /ridgeline/i.test(path);
    await until('the log', () => vscode.workspace.textDocuments.some(({ uri }) => isLog(uri)));
  });

  it('delete all reports only when the user agrees', async () => {
    assert.ok((await storedReports()).length > 0);
    for (const [answer, left] of [
      [undefined, (await storedReports()).length],
      ['Delete', 0],
    ] as const) {
      const { texts, restore } = catchMessages(answer);
      try {
        await run('clearReports');
      } finally {
        restore();
      }
      assert.match(texts[0]!, /^Delete the (report|\d+ reports) of this workspace\?/);
      assert.equal((await storedReports()).length, left);
    }
  });
});
