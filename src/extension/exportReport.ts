import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import { renderHtml } from '../report/html';
import { reportToJson } from '../report/json';
import { reportMarkdown } from '../report/markdown/reportMarkdown';
import type { Report } from '../report/report';
import { writeWhole } from '../writeWhole';

export type ExportFormat = 'html' | 'json' | 'markdown';

const ENDINGS: Record<ExportFormat, string> = { html: 'html', json: 'json', markdown: 'md' };

const FILTERS: Record<ExportFormat, Record<string, string[]>> = {
  html: { 'Self-contained page': ['html'] },
  json: { 'JSON report': ['json'] },
  markdown: { 'Markdown summary': ['md'] },
};

/** Saves a report as a page or as JSON at a place that the user chooses, and offers to open it. */
export async function exportReport(extension: vscode.Uri, report: Report, format: ExportFormat): Promise<void> {
  const { path } = report.model;
  const name = `${basename(path, extname(path))}.landscape-report.${ENDINGS[format]}`;
  const target = await vscode.window.showSaveDialog({
    title: 'Export report',
    defaultUri: vscode.Uri.file(join(dirname(path), name)),
    filters: FILTERS[format],
  });
  if (!target) return;
  await writeWhole(target.fsPath, await textOf(extension, report, format));
  const open = { title: 'Open' };
  if ((await vscode.window.showInformationMessage(`Saved ${target.fsPath}.`, open)) === open) {
    if (format === 'html') await vscode.env.openExternal(target);
    else await vscode.window.showTextDocument(target);
  }
}

async function textOf(extension: vscode.Uri, report: Report, format: ExportFormat): Promise<string> {
  switch (format) {
    case 'json':
      return reportToJson(report);
    case 'markdown':
      return reportMarkdown(report);
    case 'html': {
      const page = join(extension.fsPath, 'dist', 'webview');
      return renderHtml(report, {
        script: await readFile(join(page, 'main.js'), 'utf8'),
        style: await readFile(join(page, 'style.css'), 'utf8'),
      });
    }
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
