// Installs a real VS Code workbench under .cache/workbench from the npm registry and Debian alone. It is code-server,
// which contains VS Code's own sources compiled for the browser. The first install takes about a minute.
//   node scripts/workbench/install.mjs
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ensureDebian, isMain, npm, root } from '../install.mjs';

/** VS Code 1.100.3, which `engines.vscode` names, on Node 20. */
const VERSION = '4.100.3';
const HOME = resolve(root, '.cache/workbench');
const CODE_SERVER = resolve(HOME, 'node_modules/code-server');
const DONE = resolve(HOME, `installed-${VERSION}`);

export const CHROMIUM = '/usr/bin/chromium';

/**
 * A browser, a font for it, the Vulkan loader, and ripgrep, which code-server's install script would have downloaded.
 */
export const WORKBENCH_PACKAGES = {
  chromium: CHROMIUM,
  'fonts-dejavu-core': '/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf',
  ripgrep: '/usr/bin/rg',
  // With chromium's software driver, the Vulkan loader lets WebGPU run without a graphics card.
  libvulkan1: '/usr/lib/x86_64-linux-gnu/libvulkan.so.1',
};

/** Installs what is missing. @returns the script that starts the server */
export function ensureWorkbench() {
  ensureDebian(WORKBENCH_PACKAGES);
  if (!existsSync(DONE)) install();
  return resolve(CODE_SERVER, 'out/node/entry.js');
}

function install() {
  console.log(`installing the workbench (code-server ${VERSION}) …`);
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  // code-server imports argon2 even without a password. Its own version must be compiled; this one contains binaries.
  const manifest = {
    private: true,
    dependencies: { 'code-server': VERSION },
    overrides: { argon2: '0.44.0' },
  };
  writeFileSync(resolve(HOME, 'package.json'), JSON.stringify(manifest));
  npm(['install'], HOME);

  const vscode = resolve(CODE_SERVER, 'lib/vscode');
  npm(['install', '--omit=dev'], vscode);
  npm(['install', '--omit=dev'], resolve(vscode, 'extensions'));

  // The packages' own install scripts would have done this.
  mkdirSync(resolve(vscode, 'node_modules/@vscode/ripgrep/bin'), { recursive: true });
  link('/usr/bin/rg', resolve(vscode, 'node_modules/@vscode/ripgrep/bin/rg'));
  link('node_modules', resolve(vscode, 'node_modules.asar'));
  link('code-linux.sh', resolve(vscode, 'bin/remote-cli/code-server'));
  link('browser-linux.sh', resolve(vscode, 'bin/helpers/browser.sh'));
  chmodSync(resolve(vscode, 'bin/remote-cli/code-linux.sh'), 0o755);
  writeFileSync(DONE, '');
}

function link(target, path) {
  rmSync(path, { force: true });
  symlinkSync(target, path);
}

if (isMain(import.meta)) ensureWorkbench();
