// Starts and stops the workbench's server with its own state, so that nobody's settings leak in or out.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { ensureWorkbench } from './install.mjs';
import { writeLanguagePack } from './languagePack.mjs';

/** Settings of a quiet editor: it shows no welcome page, does not update, sends no telemetry and asks nothing. */
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.colorTheme': 'Default Dark Modern',
  'workbench.enableExperiments': false,
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
};

/**
 * Starts the server.
 * @param state folder for settings, storage, logs and installed extensions; created if missing
 * @param port 0 for any free port
 * @param extensions folder of installed extensions, by default one in `state`
 * @param extension VSIX to install there first
 * @param trust false leaves workspace trust on, so that the folder opens restricted
 * @param settings settings that a new state gets in addition to the quiet ones
 * @param environment variables that extensions see
 * @returns origin of the server, `stop()`, and `log()`, which gives everything the server has printed so far
 */
export async function startServer({
  state,
  port = 0,
  extensions = `${state}/extensions`,
  extension = undefined,
  trust = true,
  settings = {},
  environment = {},
}) {
  const entry = ensureWorkbench();
  const userFolder = resolve(state, 'user/User');
  mkdirSync(userFolder, { recursive: true });
  writeFileSync(resolve(state, 'config.yaml'), '');
  writeLanguagePack(`${state}/user`, 'de');
  const settingsFile = resolve(userFolder, 'settings.json');
  if (!existsSync(settingsFile)) {
    const trusted = { 'security.workspace.trust.enabled': !trust };
    writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...trusted, ...settings }, null, 2));
  }
  const base = [entry, ...placesIn(state, extensions)];
  const env = { ...environmentIn(state), ...environment };
  if (extension) installExtension({ state, extensions, extension });

  const chosen = port || (await freePort());
  const quiet = ['--auth', 'none', '--disable-telemetry', '--disable-update-check', '--ignore-last-opened'];
  const address = ['--bind-addr', `127.0.0.1:${chosen}`];
  const trusting = trust ? ['--disable-workspace-trust'] : [];
  const server = spawn(process.execPath, [...base, ...quiet, ...address, ...trusting], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', (text) => (log += text));
  const origin = `http://127.0.0.1:${chosen}`;
  const stop = () =>
    new Promise((done) => {
      if (server.exitCode !== null) return done();
      server.once('exit', () => done());
      server.kill('SIGTERM');
    });
  for (let attempt = 0; !(await answers(`${origin}/healthz`)); attempt++) {
    if (attempt === 300 || server.exitCode !== null) {
      await stop();
      throw new Error(`The workbench's server did not start:\n${log}`);
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  return { origin, stop, log: () => log };
}

/** Installs a VSIX into a folder of extensions. @param state scratch folder for the program that installs it */
export function installExtension({ state, extensions, extension }) {
  mkdirSync(state, { recursive: true });
  writeFileSync(resolve(state, 'config.yaml'), '');
  const args = [ensureWorkbench(), ...placesIn(state, extensions), '--install-extension', extension];
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { env: environmentIn(state), encoding: 'utf8' });
  if (status !== 0) throw new Error(`Could not install ${extension}:\n${stdout}${stderr}`);
}

const placesIn = (state, extensions) => [
  ...['--config', `${state}/config.yaml`, '--user-data-dir', `${state}/user`],
  ...['--extensions-dir', extensions],
];

const environmentIn = (state) => ({
  ...process.env,
  XDG_CONFIG_HOME: `${state}/xdg`,
  XDG_DATA_HOME: `${state}/xdg`,
  EXTENSIONS_GALLERY: '{"serviceUrl":""}',
});

async function answers(url) {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // Not listening yet.
  }
}

function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
