import { expect, it } from 'vitest';
import { UserError } from '../errors';
import { HOSTILE } from '../../test/unit/hostileReport';
import { failureFrom } from './failure';

it.each([
  ['an internal fault', new Error(HOSTILE)],
  ['a fault of the input', new UserError({ what: HOSTILE, where: [HOSTILE], action: HOSTILE })],
  ['thrown text', HOSTILE],
])('%s is shown with control characters escaped', (_, thrown) => {
  const { what, where, action } = failureFrom(thrown);
  expect([what, ...where, action].join()).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u202e\u2066\ufeff]/u);
  expect(what).toContain('\\u{202e}evil');
});
