import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { renderHtml } from '../report/html';
import { reportToJson } from '../report/json';
import type { Report } from '../report/report';
import { writeWhole } from '../writeWhole';

export type ExportFormat = 'html' | 'json';

const FILTERS: Record<ExportFormat, Record<string, string[]>> = {
  html: { 'Self-contained page': ['html'] },
  json: { 'JSON report': ['json'] },
};

/** Saves a report as a page or as JSON at a place that the user chooses, and offers to open it. */
export async function exportReport(extension: vscode.Uri, report: Report, format: ExportFormat): Promise<void> {
  const { path } = report.model;
  const name = `${basename(path, extname(path))}.landscape-report.${format}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export report',
    defaultUri: vscode.Uri.file(join(dirname(path), name)),
    filters: FILTERS[format],
  });
  if (!target) return;
  const page = join(extension.fsPath, 'dist', 'webview');
  const text =
    format === 'json'
      ? reportToJson(report)
      : renderHtml(report, {
          script: await readFile(join(page, 'main.js'), 'utf8'),
          style: await readFile(join(page, 'style.css'), 'utf8'),
        });
  await writeWhole(target.fsPath, text);
  const open = { title: 'Open' };
  if ((await vscode.window.showInformationMessage(`Saved ${target.fsPath}.`, open)) === open) {
    if (format === 'json') await vscode.window.showTextDocument(target);
    else await vscode.env.openExternal(target);
  }
}

/** Saves a chart at a place that the user chooses. The name's extension says what it is: .png or .svg. */
export async function savePicture(name: string, content: string | Buffer): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: 'Save picture',
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, basename(name)) } : {}),
    filters: { Picture: [extname(name).slice(1)] },
  });
  if (target) await writeWhole(target.fsPath, content);
}
