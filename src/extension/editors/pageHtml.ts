import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from '../../report/html';

/** The pages that the build makes: a report's, and that of a model. Each is a script and a style sheet. */
const PAGES = {
  report: { script: 'main.js', style: 'style.css' },
  model: { script: 'inspection.js', style: 'inspection.css' },
} as const;

/** Loads a page into a webview, which may read nothing but the built pages. */
export function loadPage(webview: vscode.Webview, extension: vscode.Uri, page: keyof typeof PAGES): void {
  const folder = vscode.Uri.joinPath(extension, 'dist', 'webview');
  const address = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(folder, name)).toString();
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  webview.html = webviewHtml({
    nonce: randomBytes(16).toString('base64'),
    cspSource: webview.cspSource,
    scriptUri: address(PAGES[page].script),
    styleUri: address(PAGES[page].style),
  });
}
