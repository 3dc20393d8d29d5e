import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { kebabCase, OPTIONS } from '../options/table';
import { helpOf } from './flags';

it('docs/options.md lists every option with its help (else: npx vitest run src/cli/options.doc.test.ts -u)', async () => {
  const page = await readFile('docs/options.md', 'utf8');
  const updated = page.replace(
    /<!-- options -->[^]*<!-- \/options -->/,
    `<!-- options -->\n\n${optionTable()}\n\n<!-- /options -->`,
  );
  await expect(updated).toMatchFileSnapshot('../../docs/options.md');
});

function optionTable(): string {
  const rows = OPTIONS.map((row) => {
    const flag = `--${kebabCase(row.name)} ${row.placeholder}`.trim();
    return `| \`${escaped(flag)}\` | ${escaped(helpOf(row))} |`;
  });
  return ['| Option | Meaning |', '| --- | --- |', ...rows].join('\n');
}

/** Escapes bars, since in Markdown a bar ends a table cell even between backticks. */
function escaped(text: string): string {
  return text.replaceAll('|', '\\|');
}
