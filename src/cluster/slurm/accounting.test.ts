import { describe, expect, it } from 'vitest';
import { troublesIn } from './accounting';

describe('what the accounting says', () => {
  it('names the tasks that ended badly, and no others', () => {
    const states = 'COMPLETED\nOUT_OF_MEMORY\nTIMEOUT\nOUT_OF_MEMORY\nCANCELLED by 1000\nFAILED\n';
    expect(troublesIn(states)).toEqual([
      '2 tasks ran out of memory (OUT_OF_MEMORY).',
      '1 task ran out of time (TIMEOUT).',
    ]);
    expect(troublesIn('')).toEqual([]);
  });
});
