import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

export const root = resolve(import.meta.dirname, '../..');

export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Bundles the command line from the sources, since dist/ may be out of date.
 * @param name name of the bundle; test files run in parallel, so each needs its own
 * @param entry `main.ts` is the program itself, which tests can stop and measure; `start.ts` runs it in a second
 *   process
 * @returns path of the bundle, which is inside the repository so that it finds onnxruntime-node
 */
export async function bundleCommandLine(name: string, entry: 'main.ts' | 'start.ts' = 'main.ts'): Promise<string> {
  const outfile = join(root, 'test-artifacts/cli', `${name}.js`);
  await build({
    absWorkingDir: root,
    entryPoints: [`src/cli/${entry}`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    mainFields: ['module', 'main'],
    external: ['onnxruntime-node'],
    logLevel: 'error',
  });
  return outfile;
}

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
