import { describe, expect, it } from 'vitest';
import { figureFiles } from './figureFiles';

const names = (...charts: string[]): string[] =>
  figureFiles(charts.map((name) => ({ name, svg: '<svg/>' }))).map(({ name }) => name);

describe('names of exported figures', () => {
  it('are numbered in the order of the page, so that equal names stay apart', () => {
    expect(names('Loss line: Along the gradient', 'Loss line: Along the gradient')).toEqual([
      '01-loss-line-along-the-gradient.svg',
      '02-loss-line-along-the-gradient.svg',
    ]);
    expect(names(...Array<string>(100).fill('a')).at(-1)).toBe('100-a.svg');
  });

  it('spell Greek letters', () => {
    expect(names('λ_max over the plane')).toEqual(['01-lambda-max-over-the-plane.svg']);
  });

  it('stay inside the folder, whatever a layer is called', () => {
    expect(names('../../etc/passwd', 'C:\\x\0\n', '…')).toEqual(['01-etc-passwd.svg', '02-c-x.svg', '03.svg']);
    expect(names('layer '.repeat(100))[0]!.length).toBeLessThan(70);
  });
});
