import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportToJson } from './json';
import { shown } from '../foreignText';
import type { Report } from './report';

/** The files of the page, which the build makes from `webview/`. */
export const PAGE_FILES = { script: 'main.js', surface: 'surface.js', style: 'style.css' } as const;

/** The text of the page's files. */
export type PageAssets = Record<keyof typeof PAGE_FILES, string>;

/** Reads the page's files, which the build puts into one folder. */
export async function readPage(folder: string): Promise<PageAssets> {
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [script, surface, style] = await Promise.all([
    read(PAGE_FILES.script),
    read(PAGE_FILES.surface),
    read(PAGE_FILES.style),
  ]);
  return { script, surface, style };
}

/** The addresses at which the editor serves script and style sheet, and what its content security policy allows. */
export interface WebviewSources {
  /** Random text, new for every page. Scripts without it do not run. */
  nonce: string;
  /** Value of `webview.cspSource`. */
  cspSource: string;
  scriptUri: string;
  /** Address of the script that the page loads when it first shows a surface, in a page that may show one. */
  surfaceUri?: string;
  styleUri: string;
  /** Paths of the folders of the workspace. */
  folders?: readonly string[];
}

/**
 * Builds the page as one HTML file that contains scripts, style and report. Its content security policy forbids all
 * requests to the network, and runs no script except the two whose hashes it names. The script of surfaces is held as
 * text, which the page runs when it first shows a surface.
 */
export function renderHtml(report: Report, { script, surface, style }: PageAssets): string {
  const [code, surfaceCode] = [scriptText(script), scriptText(surface)];
  return shell({
    host: 'standalone',
    title: `${shown(report.model.path.split(/[\\/]/).at(-1)!)}: loss landscape`,
    // The component library injects a style element of its own, for which a file without a server has no fresh nonce.
    policy: `default-src 'none'; script-src ${hashOf(code)} ${hashOf(surfaceCode)}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:`,
    head: `<style>${styleText(style)}</style>`,
    body:
      `<script type="application/json" id="report">${jsonText(reportToJson(report))}</script>\n` +
      `<script type="text/plain" id="surface-script">${surfaceCode}</script>\n` +
      `<script>${code}</script>`,
  });
}

/** Builds the page for a panel of the editor. The page is empty until its script asks the extension for its state. */
export function webviewHtml(sources: WebviewSources): string {
  const { nonce, cspSource, scriptUri, surfaceUri, styleUri, folders = [] } = sources;
  return shell({
    host: 'vscode',
    title: 'Loss landscape',
    policy: [
      "default-src 'none'",
      `script-src 'nonce-${nonce}'`,
      `style-src 'nonce-${nonce}' ${cspSource}`,
      `img-src data: blob: ${cspSource}`,
      `font-src ${cspSource}`,
    ].join('; '),
    // The component library reads the nonce here and puts it on the style element it injects.
    head:
      `<meta property="csp-nonce" content="${attribute(nonce)}">\n` +
      (surfaceUri === undefined ? '' : `<meta property="surface-script" content="${attribute(surfaceUri)}">\n`) +
      `<meta property="workspace-folders" content="${attribute(JSON.stringify(folders))}">\n` +
      `<link rel="stylesheet" nonce="${attribute(nonce)}" href="${attribute(styleUri)}">`,
    body: `<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>`,
  });
}

function hashOf(code: string): string {
  return `'sha256-${createHash('sha256').update(code, 'utf8').digest('base64')}'`;
}

interface Shell {
  host: 'standalone' | 'vscode';
  title: string;
  policy: string;
  head: string;
  body: string;
}

function shell({ host, title, policy, head, body }: Shell): string {
  return `<!DOCTYPE html>
<html lang="en" data-host="${host}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${attribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
${head}
</head>
<body>
<div id="app"></div>
<noscript>This report draws its charts with a script inside this file; scripts are switched off here.</noscript>
${body}
</body>
</html>
`;
}

/**
 * Escapes JSON for a script element. Inside such an element, the HTML parser reacts only to `</script` and to `<!--`,
 * after which `</script` may no longer close the element. JSON has a `<` only within strings, where \u003c means the
 * same.
 */
function jsonText(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/**
 * Escapes code for a script element. Code contains `</script` and `<!--` only within strings, templates and regular
 * expressions, where `<\/script` and `<\!--` mean the same.
 */
function scriptText(script: string): string {
  return withoutSourceMap(script)
    .replace(/<\/(script)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--');
}

function styleText(style: string): string {
  return withoutSourceMap(style).replace(/<\/(style)/gi, '<\\/$1');
}

/** Removes references to source maps, which lie beside the built file and not beside a report. */
function withoutSourceMap(source: string): string {
  return source.replace(/^\/\/# sourceMappingURL=.*$/gm, '').replace(/\/\*# sourceMappingURL=.*?\*\//g, '');
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;');
}
