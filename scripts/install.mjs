// Installs missing npm packages, and the Debian packages that a test needs. Steps already done are skipped.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Runs `npm ci` if node_modules is missing or does not match the lock file. Downloads nothing from outside the
 * registry.
 */
export function ensureNodeModules() {
  const marker = resolve(root, 'node_modules/.package-lock.json');
  const lock = resolve(root, 'package-lock.json');
  if (existsSync(marker) && sameVersions(readJson(marker), readJson(lock))) return;
  console.log('installing npm packages …');
  npm(['ci'], root);
}

/**
 * Installs Debian packages with apt-get, as root or through sudo.
 * @param needed package name → a file whose presence shows that the package is already installed, by whatever means
 */
export function ensureDebian(needed) {
  const missing = Object.entries(needed)
    .filter(([, file]) => !existsSync(file))
    .map(([name]) => name);
  if (missing.length === 0) return;
  console.log(`installing ${missing.join(', ')} …`);
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  };
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', ...missing);
  } catch (error) {
    throw new Error(`Could not install the Debian packages ${missing.join(', ')}: install them by hand.`, {
      cause: error,
    });
  }
}

/** Whether a script was started directly rather than imported. */
export function isMain(meta) {
  return process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(meta.url);
}

/**
 * Runs npm without install scripts: onnxruntime-node's would download GPU libraries, and no other package needs one.
 */
export function npm(args, cwd) {
  execFileSync('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip', npm_config_loglevel: 'error' },
  });
}

/** Builds dist/ unless every file of it is newer than every source. */
export function ensureBuilt() {
  const outputs = [
    'extension.js',
    'worker.js',
    'cli.js',
    'mcp.js',
    'rank.js',
    'webview/main.js',
    'webview/surface.js',
    'webview/style.css',
    'webview/inspection.js',
  ];
  const oldest = Math.min(...outputs.map((file) => modified(resolve(root, 'dist', file))));
  const sources = ['src', 'webview', 'scripts/build.mjs', 'package-lock.json'];
  if (Math.max(...sources.map((path) => newest(resolve(root, path)))) < oldest) return;
  execFileSync(process.execPath, [resolve(root, 'scripts/build.mjs')], { stdio: 'inherit' });
}

function sameVersions(installed, locked) {
  return Object.entries(locked.packages).every(([path, { version, optional }]) => {
    return path === '' || optional || installed.packages[path]?.version === version;
  });
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function modified(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

/** The newest modification below a file or folder. */
function newest(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return modified(path);
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}
