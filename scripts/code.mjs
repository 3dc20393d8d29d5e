// Opens the extension in a real VS Code on a copy of the sample workspace. Uses the desktop editor if `code` is on the
// PATH; otherwise serves a workbench for the browser and prints its address.
//   node scripts/code.mjs [FOLDER] [--port N]
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureNodeModules, root } from './install.mjs';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '8137' } },
  allowPositionals: true,
});
ensureNodeModules();
ensureBuilt();
const folder = resolve(positionals[0] ?? sampleWorkspace());

if (spawnSync('code', ['--version'], { shell: process.platform === 'win32' }).status === 0) {
  console.log(`opening ${folder} in desktop VS Code …`);
  const { status } = spawnSync('code', ['--new-window', `--extensionDevelopmentPath=${root}`, folder], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  process.exitCode = status ?? 1;
} else {
  const { packageExtension } = await import('./package.mjs');
  const { startServer } = await import('./workbench/server.mjs');
  const extension = packageExtension({ out: '.cache/package/code.vsix' });
  const state = resolve(root, '.cache/code');
  const server = await startServer({ state, extension, port: Number(values.port) });
  console.log(`\n  ${server.origin}/?folder=${encodeURI(folder)}\n`);
  console.log('Open it in a browser and right-click lenet.onnx → Analyze Landscape. Ctrl+C ends it.');
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop());
}

/** Copies the sample workspace, so that nothing a person tries out changes the repository. */
function sampleWorkspace() {
  const copy = resolve(root, '.cache/sample');
  if (!existsSync(copy)) cpSync(resolve(root, 'media/sample'), copy, { recursive: true });
  return copy;
}
