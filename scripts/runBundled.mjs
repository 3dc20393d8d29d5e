// Runs a TypeScript program of the repository: bundles it into test-artifacts and starts it with the arguments given.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ensureNodeModules, root } from './install.mjs';
import { withWarmMemory } from './warmMemory.mjs';

/**
 * @param entry path below the repository's root; the exit code becomes this process's own
 * @param options arguments and working folder, those of this process when left out
 */
export async function runBundled(entry, { args = process.argv.slice(2), cwd = callerFolder() } = {}) {
  ensureNodeModules();
  // The threads that a program starts run a bundle of their own.
  execFileSync(process.execPath, [resolve(root, 'scripts/build.mjs'), 'dist/lane.js'], { stdio: 'ignore' });
  const { default: esbuild } = await import('esbuild');
  mkdirSync(resolve(root, 'test-artifacts'), { recursive: true });
  const bundle = resolve(root, 'test-artifacts', `${basename(dirname(entry))}.mjs`);
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // A native library, loaded by a path relative to its own folder.
    external: ['onnxruntime-node'],
    // Some libraries, and the program itself when bundled for the editor, are CommonJS: they ask for these at run time.
    banner: {
      js: [
        "import { createRequire as requireFrom } from 'node:module';",
        "import { fileURLToPath as pathOf } from 'node:url';",
        'const require = requireFrom(import.meta.url);',
        'const __filename = pathOf(import.meta.url);',
      ].join('\n'),
    },
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  const { status } = spawnSync(process.execPath, [bundle, ...args], {
    cwd,
    stdio: 'inherit',
    env: withWarmMemory(),
  });
  process.exitCode = status ?? 1;
}

/** Where the person is: npm runs scripts in the repository. */
const callerFolder = () => process.env.INIT_CWD ?? process.cwd();
