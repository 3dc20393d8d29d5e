import { readFileSync } from 'node:fs';
import type axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

const SOURCE = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');

/**
 * Runs axe-core on a page, with its experimental rules and without those of level AAA.
 * @param page a page, or a frame of it
 * @param only the rules to run; all by default
 * @returns the findings whose impact is serious or critical, one line each: rule, element, what is wrong
 */
export async function seriousFindings(page: Page | Frame, only?: string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(SOURCE);
  return page.evaluate(run, only);
}

/** Runs inside the page. Unfolds everything first, so that nothing is left out. */
async function run(only: string[] | undefined): Promise<string[]> {
  const engine = (globalThis as unknown as { axe: typeof axe }).axe;
  document.querySelectorAll('details').forEach((details) => (details.open = true));
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rules = engine.getRules().filter(({ ruleId, tags }) => only?.includes(ruleId) ?? !tags.includes('wcag2aaa'));
  const { violations } = await engine.run(document, {
    runOnly: { type: 'rule', values: rules.map(({ ruleId }) => ruleId) },
    resultTypes: ['violations'],
  });
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, html, failureSummary = '' }) =>
        [id, target.join(' '), html.slice(0, 120), failureSummary.replace(/\s+/g, ' ').slice(0, 240)].join(' | '),
      ),
    );
}
