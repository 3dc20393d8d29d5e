import * as vscode from 'vscode';
import { shownSentence } from '../foreignText';
import { MODELS, NOT_MODELS } from './chooseModel';
import { byLevel, LEVEL_TEXT, levelOf } from '../report/text/level';
import type { ReportStore, StoredReport } from './reportStore';
import { verdictIcon, verdictLine } from './verdictIcon';
import { localTime } from './localTime';
import { shownName } from './shownName';
import { t } from './translate';

type Element = { kind: 'model'; path: string } | { kind: 'report'; report: StoredReport };

/** The tree of the workspace's models. Below each model are its reports, newest first. */
export class ModelTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly store: ReportStore) {
    const files = vscode.workspace.createFileSystemWatcher(MODELS, false, true, false);
    const refresh = (): void => this.changed.fire();
    this.subscriptions = [
      files,
      files.onDidCreate(refresh),
      files.onDidDelete(refresh),
      { dispose: store.onChange(refresh) },
      vscode.window.createTreeView('ridgeline.models', { treeDataProvider: this }),
    ];
  }

  async getChildren(element?: Element): Promise<Element[]> {
    if (element?.kind === 'report') return [];
    if (element) return (await this.store.list(element.path)).map((report) => ({ kind: 'report', report }));
    const found = await vscode.workspace.findFiles(MODELS, NOT_MODELS, 1000);
    const paths = new Set([...found.map((uri) => uri.fsPath), ...(await this.store.list()).map(({ model }) => model)]);
    return [...paths].sort().map((path) => ({ kind: 'model', path }));
  }

  async getTreeItem(element: Element): Promise<vscode.TreeItem> {
    return element.kind === 'model' ? this.modelItem(element.path) : reportItem(element.report);
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
    this.changed.dispose();
  }

  private async modelItem(path: string): Promise<vscode.TreeItem> {
    const [latest] = await this.store.list(path);
    const { Collapsed, None } = vscode.TreeItemCollapsibleState;
    const uri = vscode.Uri.file(path);
    const item = new vscode.TreeItem(shownName(path), latest ? Collapsed : None);
    item.id = path;
    item.resourceUri = uri;
    item.description = latest ? verdictLine(latest) : t('not analysed');
    item.tooltip = shownSentence(path);
    item.contextValue = 'model';
    item.iconPath = latest ? iconOf(latest) : new vscode.ThemeIcon('circle-outline');
    item.command = latest
      ? { command: 'ridgeline.openReport', title: t('Open Report'), arguments: [{ id: latest.id }] }
      : undefined;
    return item;
  }
}

function reportItem(report: StoredReport): vscode.TreeItem {
  const item = new vscode.TreeItem(localTime(report.started));
  item.id = report.id;
  item.description = verdictLine(report);
  item.tooltip = byLevel(report.verdicts)
    .map((finding) => `${LEVEL_TEXT[levelOf(finding)]}: ${finding.title} (${finding.verdict})`)
    .join('\n');
  item.contextValue = 'report';
  item.iconPath = iconOf(report);
  item.command = { command: 'ridgeline.openReport', title: t('Open Report'), arguments: [{ id: report.id }] };
  return item;
}

function iconOf(report: StoredReport): vscode.ThemeIcon {
  const { icon, color } = verdictIcon(report);
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}
