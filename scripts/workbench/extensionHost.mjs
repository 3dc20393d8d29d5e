// Runs a mocha suite inside the workbench's extension host, as @vscode/test-electron does in desktop VS Code.
import { resolve } from 'node:path';
import { openBrowser } from './browser.mjs';
import { startServer } from './server.mjs';
import { suiteEnvironment } from './suite.mjs';

/** Ends a suite that hangs, however busy the machine is. */
const LIMIT_MS = 30 * 60_000;

/**
 * Runs a suite on a workspace.
 * @param extension folder of the extension under development
 * @param suite CommonJS file that exports `run()`
 * @param folder workspace to open
 * @param state scratch folder for the server
 * @param results file for the suite's results
 * @returns the suite's exit code
 */
export async function runInExtensionHost({ extension, suite, folder, state, results }) {
  const storage = resolve(state, 'user/User/workspaceStorage');
  const server = await startServer({ state, environment: suiteEnvironment({ results, storage }) });
  const browser = await openBrowser();
  try {
    const exited = new Promise((done) => browser.page.exposeFunction('codeAutomationExit', done));
    await browser.page.exposeFunction('codeAutomationLog', () => {});
    const remote = (path) => `vscode-remote://${new URL(server.origin).host}${path}`;
    const payload = [
      ['extensionDevelopmentPath', remote(extension)],
      ['extensionTestsPath', remote(suite)],
    ];
    const address = new URL(server.origin);
    address.searchParams.set('folder', folder);
    address.searchParams.set('payload', JSON.stringify(payload));
    await browser.page.goto(address.href);
    return await Promise.race([exited, limit()]);
  } catch (error) {
    throw new Error(`The extension host's suite did not run.\n${server.log().slice(-2000)}`, { cause: error });
  } finally {
    await browser.close();
    await server.stop();
  }
}

function limit() {
  return new Promise((_, failed) => {
    const error = new Error(`no exit code after ${LIMIT_MS / 60_000} minutes`);
    setTimeout(() => failed(error), LIMIT_MS).unref();
  });
}
