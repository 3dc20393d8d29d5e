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
 * Bundles the command line from the sources; dist/ may be older than they are.
 * @param name of the bundle: test files run side by side, each with its own
 * @param entry the program itself, which tests stop and measure; `start.ts` runs it in a second process
 * @returns its path, inside the repository, so that onnxruntime-node is found
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

/** What a person's environment is, but for the cache: nothing is found that another test measured. */
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
