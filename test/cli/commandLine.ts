import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * The command line, bundled from the sources before the tests start, since dist/ may be out of date. It lies inside the
 * repository so that it finds onnxruntime-node.
 */
export const cli = join(root, 'test-artifacts/cli/main.js');

/** The command line that runs itself in a second process, as users have it. Tests stop and measure `cli`. */
export const twoProcessCli = join(root, 'test-artifacts/cli/start.js');

/** A person's environment with a separate cache, so that no test finds what another one measured. */
export function environmentIn(folder: string): NodeJS.ProcessEnv {
  return { ...process.env, XDG_CACHE_HOME: join(folder, '.cache') };
}

/** Runs the bundle as a person in `folder` would. */
export function runIn(folder: string, cli: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { cwd: folder, env: environmentIn(folder) }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr });
    });
  });
}
