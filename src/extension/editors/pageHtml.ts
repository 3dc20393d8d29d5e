import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { PAGE_FILES, webviewHtml } from '../../report/html';

/** The pages that the build makes. Each is a script and a style sheet; one has a script for surfaces, too. */
const PAGES: Record<PageName, { script: string; surface?: string; style: string }> = {
  /** The page of a report. */
  report: PAGE_FILES,
  /** What is in a model. */
  model: { script: 'inspection.js', style: 'inspection.css' },
  /** What a measurement without a report found: self-checks, execution providers. */
  measured: { script: 'measured.js', style: 'measured.css' },
};

export type PageName = 'report' | 'model' | 'measured';

/** Loads a page into a webview, which may read nothing but the built pages. */
export function loadPage(webview: vscode.Webview, extension: vscode.Uri, page: PageName): void {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  const { script, surface, style } = PAGES[page];
  webview.html = webviewHtml({
    nonce: randomBytes(16).toString('base64'),
    cspSource: webview.cspSource,
    scriptUri: address(script),
    surfaceUri: surface && address(surface),
    styleUri: address(style),
    folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
  });
}
