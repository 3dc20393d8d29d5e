import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOSTILE, withForeignText } from '../../test/unit/hostileReport';
import { renderHtml, webviewHtml } from './html';
import { reportFromJson } from './json';
import type { Report } from './report';

const fixture = new URL('../../test/fixtures/reports/synthetic-saddle.json', import.meta.url);
const report: Report = reportFromJson(readFileSync(fixture, 'utf8'));
const assets = { script: 'console.log(1)', surface: 'console.log(2)', style: 'body { color: red }' };

/** Returns the text of the element as a browser passes it to the page's script: everything before the closing tag. */
function embedded(html: string): string {
  const start = html.indexOf('id="report">') + 'id="report">'.length;
  return html.slice(start, html.indexOf('</script', start));
}

describe('renderHtml', () => {
  it('contains the report unchanged, with non-finite numbers', () => {
    expect(reportFromJson(embedded(renderHtml(report, assets)))).toEqual(report);
    expect(report.planes[0].loss.flat().some((loss) => Number.isNaN(loss))).toBe(true);
  });

  it('keeps text that looks like markup as text', () => {
    const hostile = '</script><script>alert(1)</script><!-- \u2028 & "';
    const changed = { ...report, model: { ...report.model, path: `/tmp/${hostile}.onnx` }, warnings: [hostile] };
    const html = renderHtml(changed, assets);
    expect(html.match(/<script/g)).toHaveLength(3);
    expect(reportFromJson(embedded(html)).warnings).toEqual([hostile]);
    expect(html).not.toContain('<!-- ');
  });

  it('has the same elements whatever the names contain', () => {
    const elements = (added: string): string[] => {
      const html = renderHtml(withForeignText(report, added), assets);
      const outside = html.replace(embedded(html), '');
      return [...outside.matchAll(/<[!/]?[a-z-][^>]*>/gi)].map(([tag]) => tag);
    };
    expect(elements(HOSTILE)).toEqual(elements(' of plain words'));
    const hostile = withForeignText(report, HOSTILE);
    expect(reportFromJson(embedded(renderHtml(hostile, assets)))).toEqual(hostile);
    const title = /<title>(.*?)<\/title>/s.exec(renderHtml(hostile, assets))![1];
    expect(title).toMatch(/\\u\{200b\}&lt;b onclick="ran\(\)"&gt;&amp;lt;: loss landscape$/);
  });

  it.each([
    ['script', '<script>'],
    ['surface', '<script type="text/plain" id="surface-script">'],
  ])('allows only its own scripts to run, exactly as they are in the file: %s', (asset, tag) => {
    const script = 'const a = "</script><!-- x"; // done\n//# sourceMappingURL=main.js.map\n';
    const html = renderHtml(report, { ...assets, [asset]: script });
    const start = html.lastIndexOf(tag) + tag.length;
    const code = html.slice(start, html.indexOf('</script>', start));
    expect(code).not.toContain('sourceMappingURL');
    expect(new Function(`${code}; return a;`)()).toBe('</script><!-- x');
    const [, allowed] = /script-src ([^;]*);/.exec(html)!;
    expect(allowed!.split(' ')).toHaveLength(2);
    expect(allowed).toContain(`'sha256-${createHash('sha256').update(code).digest('base64')}'`);
  });

  it('requests nothing from the network', () => {
    const html = renderHtml(report, assets);
    expect(html).toContain("default-src 'none'");
    expect(html.replace(embedded(html), '')).not.toMatch(/https?:|src=|href=/);
  });

  it('contains the style sheet even if that has a closing tag', () => {
    const html = renderHtml(report, { ...assets, style: 'a::after { content: "</style><b>" }' });
    expect(html.match(/<\/style/g)).toHaveLength(1);
  });
});

it('allows one script with its nonce in an editor panel, and injected styles with the nonce', () => {
  const html = webviewHtml({
    nonce: 'n0nce',
    cspSource: 'vscode-resource:',
    scriptUri: 'vscode-resource:/main.js',
    surfaceUri: 'vscode-resource:/surface.js',
    styleUri: 'vscode-resource:/style.css',
    folders: ['/home/me/"nets"'],
  });
  expect(html).toContain('<meta property="workspace-folders" content="[&quot;/home/me/\\&quot;nets\\&quot;&quot;]">');
  expect(html).toContain("script-src 'nonce-n0nce'");
  expect(html).toContain("style-src 'nonce-n0nce' vscode-resource:");
  expect(html).toContain('<meta property="csp-nonce" content="n0nce">');
  expect(html).toContain('<meta property="surface-script" content="vscode-resource:/surface.js">');
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain('unsafe-inline');
  expect(html).not.toContain('style="');
});
