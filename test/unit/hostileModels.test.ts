import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspect } from '../../src/analysis/inspect';
import { generateInputs } from '../../src/data/generated';
import { UserError } from '../../src/errors';

const CASES = resolve(__dirname, '../fixtures/cases');
const filesOf = (name: string) => readdirSync(join(CASES, name)).map((file) => join(CASES, name, file));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-hostile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(filesOf('hostile-inspect-crash'))('%s is inspected, or refused with a location', async (path) => {
  const outcome = await inspect(path, {}).catch((error: unknown) => error);
  if (outcome instanceof UserError) expect(outcome.where.length).toBeGreaterThan(0);
  else expect(outcome).not.toBeInstanceOf(Error);
});

test('an inspection names a malformed node and still lists the model', async () => {
  const { refused, operators } = await inspect(join(CASES, 'hostile-inspect-crash/trilu.onnx'), {});
  expect(refused).toContain('Trilu "Trilu_0"');
  expect(operators.map(({ operator }) => operator)).toEqual(['Trilu']);
});

test.each(filesOf('hostile-deep-chain'))('%s, deeper than the call stack, is inspected', async (path) => {
  expect((await inspect(path, {})).parameterCount).toBe(18);
});

test.each(['nul.onnx', 'long.onnx', 'loop.onnx'])(
  '%s: weights in an impossible file count as missing',
  async (name) => {
    cpSync(join(CASES, 'hostile-external-names', name), join(folder, name));
    if (name === 'loop.onnx' && process.platform !== 'win32') symlinkSync('l', join(folder, 'l'));
    const refused = await inspect(join(folder, name), {}).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(UserError);
    expect((refused as UserError).what).toContain('is missing');
  },
);

test.each([[[2 ** 40]], [[2 ** 31, 2 ** 31]], [[-1]]])('data of shape [4, %j] are not generated', (sizes) => {
  const inputs = [{ name: 'x', dtype: 'float32' as const, shape: [null, ...sizes] }];
  expect(() => generateInputs(inputs, { samples: 4, seed: 0 })).toThrow(/at input "x"/);
});
