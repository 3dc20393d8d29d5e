import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SAMPLES } from './samples';

it('docs/samples.md lists every sample (else: npx vitest run src/extension/samples.doc.test.ts -u)', async () => {
  const page = await readFile('docs/samples.md', 'utf8');
  const rows = SAMPLES.map(
    ({ name, title, about, verdict }) => `| ${title} (\`${name}\`) | \`${verdict}\` | ${about.join(' ')} |`,
  );
  const table = ['| Sample | Verdict | About |', '| --- | --- | --- |', ...rows].join('\n');
  const updated = page.replace(
    /<!-- samples -->[^]*<!-- \/samples -->/,
    `<!-- samples -->\n\n${table}\n\n<!-- /samples -->`,
  );
  await expect(updated).toMatchFileSnapshot('../../docs/samples.md');
});
