// Bundles everything that runs into dist/: the extension, its worker process, the worker's threads, the command line,
// the server for agents, the ranks of a gang and the page. With file names, builds only those.
//   node scripts/build.mjs [--watch] [dist/FILE ...]
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');

/**
 * Build options for Node. onnxruntime-node is not bundled because it loads a native library by a path relative to its
 * own folder.
 */
const node = {
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode', 'onnxruntime-node'],
  sourcemap: true,
  // Without this, vscode-jsonrpc and others resolve to UMD builds whose inner require() esbuild cannot follow.
  mainFields: ['module', 'main'],
};

/**
 * Build options for the browser. A page is one script and one style sheet, so that a standalone report can contain both;
 * what draws surfaces is a script of its own, which the page of a report runs when it first shows one.
 */
const page = {
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  sourcemap: true,
  minify: true,
  legalComments: 'eof',
};

const every = [
  { ...node, entry: 'src/extension/extension.ts', outfile: 'dist/extension.js' },
  { ...node, entry: 'src/worker/main.ts', outfile: 'dist/worker.js' },
  { ...node, entry: 'src/engine/lanes/main.ts', outfile: 'dist/lane.js' },
  { ...node, entry: 'src/mcp/main.ts', outfile: 'dist/mcp.js' },
  { ...node, entry: 'src/cli/rank/main.ts', outfile: 'dist/rank.js' },
  { ...node, entry: 'src/cli/start.ts', outfile: 'dist/cli.js', banner: { js: '#!/usr/bin/env node' } },
  { ...page, entry: 'webview/main.ts', outfile: 'dist/webview/main.js' },
  {
    ...page,
    entry: 'webview/surface/stage.ts',
    outfile: 'dist/webview/surface.js',
    globalName: 'ridgelineSurface', // read by webview/charts/loadStage.ts
  },
  { ...page, entry: 'webview/style.css', outfile: 'dist/webview/style.css' },
  { ...page, entry: 'webview/inspection/main.ts', outfile: 'dist/webview/inspection.js' },
  { ...page, entry: 'webview/inspection.css', outfile: 'dist/webview/inspection.css' },
  { ...page, entry: 'webview/measured/main.ts', outfile: 'dist/webview/measured.js' },
  { ...page, entry: 'webview/measured.css', outfile: 'dist/webview/measured.css' },
];

const named = process.argv.slice(2).filter((argument) => argument !== '--watch');
const bundles = every.filter(({ outfile }) => named.length === 0 || named.includes(outfile));

const started = performance.now();
await mkdir(resolve(root, 'dist/webview'), { recursive: true });

const options = ({ entry, ...rest }) => ({
  ...rest,
  absWorkingDir: root,
  entryPoints: [entry],
  bundle: true,
  logLevel: watch ? 'info' : 'warning',
});

/** Builds a bundle. Replaces its files whole, since tests build one again while programs start from it. */
async function bundled(bundle) {
  const { outputFiles } = await esbuild.build({ ...options(bundle), write: false });
  for (const { path, contents } of outputFiles) {
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, contents);
    await rename(unfinished, path);
  }
}

if (watch) {
  for (const bundle of bundles) await (await esbuild.context(options(bundle))).watch();
} else {
  // Each bundle is built independently, so that an error in the extension does not stop the page from being built.
  // esbuild prints the errors.
  const results = await Promise.allSettled(bundles.map(bundled));
  const built = bundles.filter((_, i) => results[i].status === 'fulfilled').map(({ outfile }) => outfile);
  if (built.includes('dist/cli.js')) await chmod(resolve(root, 'dist/cli.js'), 0o755);
  console.log(`built ${built.join(', ') || 'nothing'} in ${Math.round(performance.now() - started)} ms`);
  if (built.length < bundles.length) process.exitCode = 1;
}
