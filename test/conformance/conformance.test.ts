import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkCase } from './checkCase';
import { caseFolders, readCase } from './nodeCase';

/** A sample of ONNX's backend test cases: the smallest of each operator. */
const FOLDER = 'test/fixtures/conformance';

describe("ONNX's own cases: value, gradient and Hessian product", async () => {
  const folders = await caseFolders(FOLDER);
  test('the sample holds more than 100 cases', () => expect(folders.length).toBeGreaterThan(100));
  for (const folder of folders) {
    test(basename(folder), async () => {
      const { status, reason } = await checkCase(await readCase(folder, basename(folder)));
      expect({ status, reason }).toEqual({ status: 'passed', reason: undefined });
    });
  }
});
