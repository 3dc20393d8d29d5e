import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { DIAGNOSTICS } from '../../src/diagnostics/judge';
import { SAMPLES } from '../../src/extension/samples';

const page = readFileSync('docs/verdicts.md', 'utf8');
/** Verdicts on a training path have a page of their own, and rows without a picture here. */
const OF_PATHS = ['progressive-sharpening', 'edge-of-stability-path', 'persistent-gradient'];
const ids = DIAGNOSTICS.map(({ id }) => id).filter((id) => !OF_PATHS.includes(id));
const sections = page.split('\n### ');
const sectionOf = (id: string) => sections.find((section) => section.includes(`](pictures/${id}.png)`));

it.each(ids)('%s has a row and a section with picture, criterion, source and sample', (id) => {
  expect(page).toContain(`| \`${id}\` |`);
  const section = sectionOf(id);
  expect(section).toMatch(/!\[The card “.{20,}\]/);
  expect(section).toContain('**Criterion:**');
  const sample = section!.match(/\*\*Sample:\*\* `([\w-]+)`/)![1];
  expect(SAMPLES.map(({ name }) => name)).toContain(sample);
});

it.each(OF_PATHS)('%s has a row', (id) => expect(page).toContain(`| \`${id}\` |`));

it('shows every picture, each at most 30 kB', () => {
  expect(readdirSync('docs/pictures').sort()).toEqual(ids.map((id) => `${id}.png`).sort());
  for (const id of ids) expect(statSync(`docs/pictures/${id}.png`).size).toBeLessThan(30_000);
});

it('links only to its own headings and to files that exist', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) => title.toLowerCase().replaceAll(' ', '-'));
  for (const [, anchor] of page.matchAll(/\]\(#([\w-]+)\)/g)) expect(headings).toContain(anchor);
  for (const [, path] of page.matchAll(/\]\(([\w./]+\.\w+)\)/g)) expect(existsSync(`docs/${path}`), path).toBe(true);
});
