import { describe, expect, it } from 'vitest';
import { t, translateBy } from './translate';

describe('t', () => {
  it('fills values in where no editor translates', () => {
    expect(t('{1} of {0} files', 3, 'two')).toBe('two of 3 files');
    expect(t('no value for {0}')).toBe('no value for {0}');
    expect(t('{0}', '{1}', 'x')).toBe('{1}');
  });

  it('asks the editor once it is connected', () => {
    translateBy((message, ...values) => `${message}|${values.join()}`);
    expect(t('Saved {0}.', 'a.json')).toBe('Saved {0}.|a.json');
  });
});
