// Runs the same mocha suite in desktop VS Code by @vscode/test-electron, where that is installed and has a display.
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { suiteEnvironment } from './suite.mjs';

/** The editor itself, found from the `code` command on the PATH; nothing when there is none, or no display. */
export function desktopExecutable() {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const commands = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'code'));
  const command = commands.find(existsSync);
  // …/bin/code is a script that starts …/code
  const executable = command && resolve(dirname(realpathSync(command)), '../code');
  return executable && existsSync(executable) ? executable : undefined;
}

/** @returns the suite's exit code */
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
