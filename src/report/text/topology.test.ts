import { expect, it } from 'vitest';
import { topologyText } from './topology';

const LOWEST = { x: -1, y: 0, loss: 0.6, persistence: Infinity };
const barrier = { x: 0, y: 0, loss: 2.5 };

it('names the lowest minimum and the highest barrier', () => {
  const text = topologyText({
    components: 1,
    minima: [LOWEST, { x: 1, y: 0, loss: 1.4, persistence: 1.1, barrier }],
    threshold: 0.18,
    lasting: 2,
  });
  expect(text).toBe('2 minima of a persistence above 0.18; lowest 0.6 at (−1, 0); highest barrier 1.1');
});

it('is silent about barriers that are not told apart from their error', () => {
  const minima = [LOWEST, { x: 1, y: 0, loss: 1.4, persistence: 0.3, error: 0.2, barrier }];
  const text = topologyText({ components: 2, minima, threshold: 0.18, lasting: 1 });
  expect(text).not.toContain('barrier');
  expect(text).toContain('2 regions with no finite path between them');
});

it('says nothing where nothing is finite', () => {
  expect(topologyText({ components: 0, minima: [], threshold: 0, lasting: 0 })).toBe('');
});
