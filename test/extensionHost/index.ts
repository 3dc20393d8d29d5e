import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/**
 * Runs every `*.test.js` beside this file in the real editor. The extension host calls this (`extensionTestsPath`).
 * Results go to the file that RIDGELINE_TEST_RESULTS names, since the host's own console is hard to reach.
 */
export function run(): Promise<void> {
  const output = process.env.RIDGELINE_TEST_RESULTS;
  const mocha = new Mocha({
    timeout: 120_000,
    color: false,
    ...(output ? { reporter: 'json', reporterOptions: { output } } : {}),
  });
  for (const file of readdirSync(__dirname)) if (file.endsWith('.test.js')) mocha.addFile(join(__dirname, file));
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()));
  });
}
