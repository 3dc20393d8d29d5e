import { mkdir } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Report } from '../report/report';
import type { NamedDrawing } from '../protocol/webview';
import { writeWhole } from '../writeWhole';
import { exportText } from './exportText';
import type { TextFormat } from './exportText';
import { figureFiles } from './figureFiles';
import { t } from './translate';

/** The forms in which a report leaves the editor. */
export type ExportFormat = TextFormat | 'clipboard' | 'figures';

/** A form and a place that the caller of the command has already chosen. */
export interface ExportTarget {
  format: ExportFormat;
  target: vscode.Uri;
}

const FORMATS: (vscode.QuickPickItem & { format: ExportFormat })[] = [
  {
    format: 'html',
    label: t('$(globe) HTML page'),
    detail: t('The page with its charts, in one file that opens anywhere'),
  },
  { format: 'figures', label: t('$(graph-scatter) Figures as SVG'), detail: t('Every chart of the page, in a folder') },
  {
    format: 'markdown',
    label: t('$(markdown) Markdown summary'),
    detail: t('Verdicts and figures, for a pull request'),
  },
  { format: 'clipboard', label: t('$(copy) Copy Markdown summary'), detail: t('The same summary, to paste elsewhere') },
  { format: 'json', label: '$(json) JSON', detail: t('Every figure, for programs') },
];

const FILES: Record<TextFormat, { ending: string; filter: Record<string, string[]> }> = {
  html: { ending: 'html', filter: { [t('Self-contained page')]: ['html'] } },
  json: { ending: 'json', filter: { [t('JSON report')]: ['json'] } },
  markdown: { ending: 'md', filter: { [t('Markdown summary')]: ['md'] } },
};

/** Exports a report in the form and to the place that the user chooses, or in those of `target`. */
export async function exportReport(
  extension: vscode.Uri,
  report: Report,
  drawings: () => Promise<NamedDrawing[] | undefined>,
  target?: ExportTarget,
): Promise<void> {
  const format =
    target?.format ??
    (await vscode.window.showQuickPick(FORMATS, { title: t('Export report'), placeHolder: t('As what?') }))?.format;
  switch (format) {
    case undefined:
      return;
    case 'clipboard':
      await vscode.env.clipboard.writeText(await exportText(extension.fsPath, report, 'markdown'));
      void vscode.window.showInformationMessage(t('Copied the Markdown summary.'));
      return;
    case 'figures':
      return exportFigures(report, drawings, target?.target);
    default:
      return exportFile(extension, report, format, target?.target);
  }
}

async function exportFile(
  extension: vscode.Uri,
  report: Report,
  format: TextFormat,
  target: vscode.Uri | undefined,
): Promise<void> {
  const { ending, filter } = FILES[format];
  const place =
    target ??
    (await vscode.window.showSaveDialog({
      title: t('Export report'),
      defaultUri: vscode.Uri.file(placeBeside(report, `landscape-report.${ending}`)),
      filters: filter,
    }));
  if (!place) return;
  await writeWhole(place.fsPath, await exportText(extension.fsPath, report, format));
  void offerToOpen(t('Saved {0}.', place.fsPath), () =>
    format === 'html' ? vscode.env.openExternal(place) : vscode.commands.executeCommand('vscode.open', place),
  );
}

/** Writes every chart of the page into a folder of its own. */
async function exportFigures(
  report: Report,
  drawings: () => Promise<NamedDrawing[] | undefined>,
  target: vscode.Uri | undefined,
): Promise<void> {
  const folder = target ?? (await chooseFolder(report));
  if (!folder) return;
  const drawn = await drawings();
  if (!drawn) return;
  const files = figureFiles(drawn);
  await mkdir(folder.fsPath, { recursive: true });
  for (const { name, svg } of files) await writeWhole(join(folder.fsPath, name), svg, { flush: false });
  const first = files[0] && vscode.Uri.joinPath(folder, files[0].name);
  const saved =
    files.length === 1
      ? t('Saved 1 figure in {0}.', folder.fsPath)
      : t('Saved {0} figures in {1}.', files.length, folder.fsPath);
  if (first) void offerToOpen(saved, () => vscode.env.openExternal(first));
  else void vscode.window.showInformationMessage(t('This report has no figures.'));
}

async function chooseFolder(report: Report): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: t('Export figures into a new folder inside this one'),
    openLabel: t('Export Here'),
    defaultUri: vscode.Uri.file(dirname(report.model.path)),
    canSelectFolders: true,
    canSelectFiles: false,
  });
  return chosen?.[0] && vscode.Uri.joinPath(chosen[0], basename(placeBeside(report, 'landscape-figures')));
}

async function offerToOpen(text: string, show: () => Thenable<unknown>): Promise<void> {
  const open = { title: t('Open') };
  if ((await vscode.window.showInformationMessage(text, open)) === open) await show();
}

/** Returns a path beside the model that has the model's name and another ending. */
function placeBeside({ model: { path } }: Report, ending: string): string {
  return join(dirname(path), `${basename(path, extname(path))}.${ending}`);
}

/** Saves a chart at a place that the user chooses. The name's extension says what it is: .png, .svg, or .csv with its data. */
export async function savePicture(name: string, content: string | Buffer): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    title: extname(name) === '.csv' ? t('Save data') : t('Save picture'),
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, basename(name)) } : {}),
    filters: { [extname(name) === '.csv' ? t('Table') : t('Picture')]: [extname(name).slice(1)] },
  });
  if (target) await writeWhole(target.fsPath, content);
}
