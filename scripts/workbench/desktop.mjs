// Runs the mocha suite in desktop VS Code through @vscode/test-electron, if VS Code is installed and a display is
// present.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { suiteEnvironment } from './suite.mjs';

/** The editor's executable, found from the `code` command on the PATH; undefined without that command or a display. */
export function desktopExecutable() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const commands = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'code'));
  const command = commands.find(existsSync);
  // …/bin/code is a script that starts …/code.
  const executable = command && resolve(dirname(realpathSync(command)), '../code');
  return executable && existsSync(executable) ? executable : undefined;
}

/** Runs the suite. @returns its exit code */
export async function runInDesktop({ extension, suite, folder, state, results }) {
  const { runTests } = await import('@vscode/test-electron');
  return runTests({
    vscodeExecutablePath: desktopExecutable(),
    extensionDevelopmentPath: extension,
    extensionTestsPath: suite,
    extensionTestsEnv: suiteEnvironment({ results, storage: resolve(state, 'User/workspaceStorage') }),
    launchArgs: [folder, '--user-data-dir', state, '--disable-workspace-trust', '--disable-extensions'],
  });
}
