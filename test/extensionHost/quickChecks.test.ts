import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { catchMessages } from './messages';
import { fileUri, storedReports, tabLabels, until, writeSidecar } from './workspace';

const COMMANDS = ['checkSaddle', 'checkFlatRegions', 'checkConditioning', 'checkLayerGradients'];
const check = (name: string): Thenable<unknown> =>
  vscode.commands.executeCommand(`ridgeline.${name}`, fileUri('lenet.onnx'));

describe('the checks in seconds', () => {
  before(async () => {
    await vscode.extensions.getExtension('ridgeline.ridgeline')!.activate();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await writeSidecar({ data: 'lenet.npz', loss: 'cross_entropy', samples: 600, provider: 'cpu' });
  });

  it('answer each question, and store no report', async () => {
    const before = await storedReports();
    const { texts, restore } = catchMessages();
    try {
      for (const name of COMMANDS) await check(name);
    } finally {
      restore();
    }
    assert.equal(texts.length, COMMANDS.length, texts.join('\n'));
    const [saddle, flat, conditioning, layers] = texts;
    assert.match(saddle, /^lenet\.onnx: No saddle: ‖g‖ = .* Measured on 256 of 600 samples, drawn at random, in /);
    assert.match(flat, /^lenet\.onnx: No plateau: .* Measured on \d+ of 600 samples/);
    assert.match(conditioning, /λ_max = .*Measured on all 600 samples in /);
    assert.match(layers, /too few for a course through depth|changes by a factor of/);
    assert.deepEqual(await storedReports(), before);
    assert.ok(!tabLabels().includes('lenet.onnx: landscape'));
  });

  it('show their figures in the panel', async () => {
    const { restore } = catchMessages('Show');
    try {
      await check('checkSaddle');
      await until('the panel', () => tabLabels().includes('lenet.onnx: landscape'));
    } finally {
      restore();
    }
  });
});
