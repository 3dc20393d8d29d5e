// Writes ridgeline-TARGET.vsix, which contains the onnxruntime binaries of that platform only.
//   node scripts/package.mjs [--target linux-x64|linux-arm64|win32-x64|win32-arm64|darwin-arm64] [--out FILE]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureNodeModules, isMain, root } from './install.mjs';

const BINARIES = 'node_modules/onnxruntime-node/bin/napi-v6';
/**
 * Files that `ridgeline providers --install cuda`, or an interrupted install, left there. They are far too large to
 * package.
 */
const INSTALLED_LATER = /^(libonnxruntime_providers_|\.)/;

/** Bytes that a VSIX may have, where that was promised. */
const MOST_BYTES = { 'linux-x64': 30e6 };

/**
 * Environment that makes two builds of the same sources give the same bytes. With a fixed date, vsce sorts the files
 * and writes that date for all of them, in the local time of the process.
 */
export const SAME_BYTES = {
  SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH ?? String(Date.UTC(2000, 0, 1) / 1000),
  TZ: 'UTC',
};

/**
 * @param {{target?: string, out?: string}} [options] target: platform-architecture, by default this machine's; the npm
 *   package holds the binaries of all platforms
 * @returns path of the VSIX
 */
export function packageExtension({ target = `${process.platform}-${process.arch}`, out } = {}) {
  ensureNodeModules();
  ensureBuilt();
  const binaries = `${BINARIES}/${target.replace('-', '/')}`;
  if (!existsSync(resolve(root, binaries))) {
    throw new Error(`onnxruntime has no binaries for ${target}: see ${BINARIES} for those it has.`);
  }
  const ignoreFile = resolve(root, `.cache/package/${target}.vscodeignore`);
  mkdirSync(dirname(ignoreFile), { recursive: true });
  const ignored = readFileSync(resolve(root, '.vscodeignore'), 'utf8');
  const carried = readdirSync(resolve(root, binaries)).filter((name) => !INSTALLED_LATER.test(name));
  writeFileSync(ignoreFile, [ignored, ...carried.map((name) => `!${binaries}/${name}`), ''].join('\n'));

  const packagePath = resolve(root, out ?? `ridgeline-${target}.vsix`);
  mkdirSync(dirname(packagePath), { recursive: true });
  const vsce = resolve(root, 'node_modules/@vscode/vsce/vsce');
  const where = ['--target', target, '--out', packagePath, '--ignoreFile', ignoreFile];
  // Links and pictures in the README stay relative, since there is no public repository to point them at.
  const readme = ['--allow-missing-repository', '--no-rewrite-relative-links'];
  // stdout is dropped because vsce lists every file there; it writes errors to stderr.
  execFileSync(process.execPath, [vsce, 'package', ...where, ...readme], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...SAME_BYTES },
  });
  const { size } = statSync(packagePath);
  if (size > (MOST_BYTES[target] ?? Infinity)) {
    throw new Error(`${packagePath} has ${(size / 1e6).toFixed(1)} MB; ${MOST_BYTES[target] / 1e6} MB are allowed.`);
  }
  return packagePath;
}

if (isMain(import.meta)) {
  const { values } = parseArgs({ options: { target: { type: 'string' }, out: { type: 'string' } } });
  try {
    const path = packageExtension(values);
    console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
