import { describe, expect, it } from 'vitest';
import type { Finding } from '../sections/diagnostics';
import { byLevel, levelOf } from './level';

type Judged = Pick<Finding, 'id' | 'verdict' | 'severity' | 'level'>;
const judged = (id: string, verdict: Finding['verdict'], severity: Finding['severity'] = 'info'): Judged => ({
  id,
  verdict,
  severity,
});

describe('levelOf', () => {
  it('takes the level that the diagnostic chose', () => {
    expect(levelOf({ ...judged('saddle', 'absent'), level: 'notice' })).toBe('notice');
  });

  it('tells consequence, not presence, where an earlier report holds no level', () => {
    expect(levelOf(judged('saddle', 'absent'))).toBe('fine');
    expect(levelOf(judged('saddle', 'present', 'high'))).toBe('action');
    expect(levelOf(judged('sharpness', 'present'))).toBe('notice');
    expect(levelOf(judged('minimum', 'present'))).toBe('fine');
    expect(levelOf(judged('minimum', 'absent'))).toBe('notice');
    expect(levelOf(judged('minimum', 'inconclusive'))).toBe('open');
  });
});

it('puts what needs action first, then what is worth knowing, what is open, and what is fine', () => {
  const sorted = byLevel([
    judged('minimum', 'present'),
    judged('noise', 'inconclusive'),
    judged('sharpness', 'present', 'low'),
    judged('overfitting', 'present', 'medium'),
    judged('saddle', 'present', 'high'),
  ]);
  expect(sorted.map(({ id }) => id)).toEqual(['saddle', 'overfitting', 'sharpness', 'noise', 'minimum']);
});
