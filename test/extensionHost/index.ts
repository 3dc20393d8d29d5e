import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';
import { noteExecutedCommands } from './executedCommands';

const LAST = 'everyCommand.test.js';

/**
 * Runs every `*.test.js` beside this file in the real editor. The extension host calls this (`extensionTestsPath`).
 * Results go to the file that RIDGELINE_TEST_RESULTS names, since the host's own console is hard to reach.
 */
export function run(): Promise<void> {
  const output = process.env.RIDGELINE_TEST_RESULTS;
  const mocha = new Mocha({
    // Ends a test that hangs, and leaves time to a busy machine.
    timeout: 600_000,
    color: false,
    ...(output ? { reporter: 'json', reporterOptions: { output } } : {}),
  });
  const files = readdirSync(__dirname).filter((file) => file.endsWith('.test.js'));
  // What looks back at the whole suite comes last.
  files.sort((a, b) => Number(a === LAST) - Number(b === LAST));
  for (const file of files) mocha.addFile(join(__dirname, file));
  noteExecutedCommands();
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()));
  });
}
