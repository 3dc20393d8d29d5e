import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { webviewHtml } from '../../report/html';

/** The pages that the build makes. Each is a script and a style sheet. */
const PAGES = {
  /** The page of a report. */
  report: { script: 'main.js', style: 'style.css' },
  /** What is in a model. */
  model: { script: 'inspection.js', style: 'inspection.css' },
  /** What a measurement without a report found: self-checks, execution providers. */
  measured: { script: 'measured.js', style: 'measured.css' },
} as const;

export type PageName = keyof typeof PAGES;

/** Loads a page into a webview, which may read nothing but the built pages. */
export function loadPage(webview: vscode.Webview, extension: vscode.Uri, page: PageName): void {
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
