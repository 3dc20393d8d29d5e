import * as vscode from 'vscode';

/** Finds the column in which pages of Ridgeline open: that of a page which is open, else one beside the editor. */
export function panelColumn(): vscode.ViewColumn {
  return openPanelColumn() ?? vscode.ViewColumn.Beside;
}

/** Finds the column of an open page: one in view before one that another tab covers. */
export function openPanelColumn(): vscode.ViewColumn | undefined {
  const groups = vscode.window.tabGroups.all;
  const inView = groups.find(({ activeTab }) => activeTab !== undefined && isPage(activeTab));
  return (inView ?? groups.find(({ tabs }) => tabs.some(isPage)))?.viewColumn;
}

/** Whether a tab holds a panel of this extension. The editor puts a prefix before the type of a panel. */
function isPage({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputWebview && /(?:^|-)ridgeline\./.test(input.viewType);
}
