import { createHash } from 'node:crypto';
import { reportToJson } from './json';
import { shown } from '../foreignText';
import type { Report } from './report';

/** What the build made of `webview/`: the page's one script and one style sheet, as text. */
export interface PageAssets {
  script: string;
  style: string;
}

/** Where the editor serves the same two files, and what its content security policy lets through. */
export interface WebviewSources {
  /** Fresh random text for every page; scripts without it do not run. */
  nonce: string;
  /** `webview.cspSource` */
  cspSource: string;
  scriptUri: string;
  styleUri: string;
}

/**
 * The page as one HTML file that carries script, style and report inside itself and asks the network for nothing:
 * its own policy forbids it, and runs no script but the one whose hash it names.
 */
export function renderHtml(report: Report, { script, style }: PageAssets): string {
  const code = scriptText(script);
  const hash = createHash('sha256').update(code, 'utf8').digest('base64');
  return shell({
    host: 'standalone',
    title: `${shown(report.model.path.split(/[\\/]/).at(-1)!)}: loss landscape`,
    // The component library injects a style element of its own; without a server there is no fresh nonce for it.
    policy: `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:`,
    head: `<style>${styleText(style)}</style>`,
    body:
      `<script type="application/json" id="report">${jsonText(reportToJson(report))}</script>\n` +
      `<script>${code}</script>`,
  });
}

/** The page for a panel of the editor: empty, it asks the extension for its state once its script runs. */
export function webviewHtml({ nonce, cspSource, scriptUri, styleUri }: WebviewSources): string {
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
    // The component library reads this element and puts the nonce on the style element it injects.
    head:
      `<meta property="csp-nonce" content="${attribute(nonce)}">\n` +
      `<link rel="stylesheet" nonce="${attribute(nonce)}" href="${attribute(styleUri)}">`,
    body: `<script nonce="${attribute(nonce)}" src="${attribute(scriptUri)}"></script>`,
  });
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
 * Inside a script element the parser knows only `</script` and `<!--` (which may open a state where `</script` no
 * longer closes). In JSON a `<` occurs within strings alone, where \u003c means the same.
 */
function jsonText(json: string): string {
  return json.replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** In code, `<\/script` and `<\!--` mean the same within strings, templates and regular expressions, where alone they occur. */
function scriptText(script: string): string {
  return withoutSourceMap(script)
    .replace(/<\/(script)/gi, '<\\/$1')
    .replaceAll('<!--', '<\\!--');
}

function styleText(style: string): string {
  return withoutSourceMap(style).replace(/<\/(style)/gi, '<\\/$1');
}

/** A source map lies beside the built file, not beside a report. */
function withoutSourceMap(source: string): string {
  return source.replace(/^\/\/# sourceMappingURL=.*$/gm, '').replace(/\/\*# sourceMappingURL=.*?\*\//g, '');
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value).replaceAll('"', '&quot;');
}
