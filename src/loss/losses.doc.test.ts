import { readFile } from 'node:fs/promises';
import { afterAll, expect, it } from 'vitest';
import { predictionTable } from '../../test/unit/predictionTable';
import { Engine } from '../engine/engine';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

it('docs/losses.md has the present tables of recognised predictions', async () => {
  const page = await readFile('docs/losses.md', 'utf8');
  const listed = page.split('\n').filter((line) => line.startsWith('| '));
  const first = listed.indexOf('| The model ends in | It is | The loss reads |');
  const expected = (await predictionTable(engine)).split('\n');
  expect(listed.slice(first, first + expected.length)).toEqual(expected);
});
