import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { reportFromJson } from '../../src/report/json';
import { fileUri, latestReport, removeSidecar, storedReports, writeSidecar } from './workspace';

/** What a person exports, read back from the disk. The form and the place are given, since no dialog can be answered. */
describe('a report leaves the editor', () => {
  let folder: string;
  let id: string;
  const exported = async (format: string, name: string): Promise<string> => {
    const target = vscode.Uri.file(join(folder, name));
    await vscode.commands.executeCommand('ridgeline.exportReport', { id }, { format, target });
    return target.fsPath;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ridgeline-exports-'));
    const only = ['loss', 'gradient', 'lines', 'plane'] as const;
    await writeSidecar({ data: 'lenet.npz', samples: 32, preset: 'quick', provider: 'cpu', only: [...only] });
    await vscode.commands.executeCommand('ridgeline.analyze', fileUri('lenet.onnx'));
    id = (await storedReports())[0].id;
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await removeSidecar();
    await vscode.commands.executeCommand('ridgeline.deleteReport', { id });
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('as JSON that holds the very report', async () => {
    const read = reportFromJson(readFileSync(await exported('json', 'report.json'), 'utf8'));
    const stored = await latestReport();
    assert.equal(read.objective!.loss, stored.objective!.loss);
    assert.deepEqual(read.provenance, stored.provenance);
  });

  it('as one HTML file that carries script, style and report', async () => {
    const html = readFileSync(await exported('html', 'report.html'), 'utf8');
    const json = /<script type="application\/json" id="report">([^<]*)<\/script>/.exec(html)![1];
    assert.equal(reportFromJson(json).objective!.loss, (await latestReport()).objective!.loss);
    assert.doesNotMatch(html, /(src|href)="https?:/);
  });

  it('as Markdown with verdicts and a table of figures', async () => {
    const file = readFileSync(await exported('markdown', 'report.md'), 'utf8');
    assert.match(file, /^# Loss landscape of lenet\.onnx\n/);
    assert.match(file, /\| figure \| value \|\n\| --- \| --- \|\n\| loss \|/);
  });

  it('as a folder with every chart of the page as SVG, also from a closed panel', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const place = await exported('figures', 'figures');
    const names = readdirSync(place).sort();
    assert.ok(names.length >= 3, names.join());
    assert.ok(names.some((name) => /plane/.test(name)) && names.some((name) => /line/.test(name)), names.join());
    names.forEach((name, index) => {
      assert.ok(name.startsWith(String(index + 1).padStart(2, '0')), name);
      const svg = readFileSync(join(place, name), 'utf8');
      assert.deepEqual(unbalanced(svg), [], name);
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      assert.ok((svg.match(/<(path|rect|circle|line|polyline)\b/g) ?? []).length > 5, `${name} is empty`);
    });
  });
});

/** The elements of a document that are opened and not closed, or the other way round. */
function unbalanced(xml: string): string[] {
  const open: string[] = [];
  for (const [, closing, name, single] of xml.matchAll(/<(\/?)([a-zA-Z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (single) continue;
    if (!closing) open.push(name);
    else if (open.at(-1) === name) open.pop();
    else return [`</${name}>`];
  }
  return open;
}
