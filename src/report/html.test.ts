import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HOSTILE, withForeignText } from '../../test/unit/hostileReport';
import { renderHtml, webviewHtml } from './html';
import { reportFromJson } from './json';
import type { Report } from './report';

const fixture = new URL('../../test/fixtures/reports/synthetic-saddle.json', import.meta.url);
const report: Report = reportFromJson(readFileSync(fixture, 'utf8'));
const assets = { script: 'console.log(1)', style: 'body { color: red }' };

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
    expect(html.match(/<script/g)).toHaveLength(2);
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

  it('allows only its own script to run, exactly as it is in the file', () => {
    const script = 'const a = "</script><!-- x"; // done\n//# sourceMappingURL=main.js.map\n';
    const html = renderHtml(report, { ...assets, script });
    const code = html.slice(html.lastIndexOf('<script>') + 8, html.lastIndexOf('</script>'));
    expect(code).not.toContain('sourceMappingURL');
    expect(new Function(`${code}; return a;`)()).toBe('</script><!-- x');
    const hash = createHash('sha256').update(code).digest('base64');
    expect(html).toContain(`script-src &#39;sha256-${hash}&#39;`.replaceAll('&#39;', "'"));
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
    styleUri: 'vscode-resource:/style.css',
  });
  expect(html).toContain("script-src 'nonce-n0nce'");
  expect(html).toContain("style-src 'nonce-n0nce' vscode-resource:");
  expect(html).toContain('<meta property="csp-nonce" content="n0nce">');
  expect(html.match(/<script/g)).toHaveLength(1);
  expect(html).not.toContain('unsafe-inline');
  expect(html).not.toContain('style="');
});
