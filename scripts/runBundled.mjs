// Runs a TypeScript program of the repository: bundles it into test-artifacts and starts it with the given arguments.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ensureNodeModules, root } from './install.mjs';
import { withWarmMemory } from './warmMemory.mjs';

/**
 * Bundles and runs a program. Its exit code becomes this process's own.
 * @param entry path below the repository's root
 * @param options arguments and working folder, by default those of this process
 */
export async function runBundled(entry, { args = process.argv.slice(2), cwd = callerFolder() } = {}) {
  ensureNodeModules();
  // Threads that the program starts run a separate bundle.
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
    // onnxruntime-node loads a native library by a path relative to its own folder.
    external: ['onnxruntime-node'],
    // Some libraries, and the program itself when bundled for the editor, are CommonJS and use these names at run time.
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

/** The folder the person called npm from; npm itself runs scripts from the repository root. */
const callerFolder = () => process.env.INIT_CWD ?? process.cwd();
