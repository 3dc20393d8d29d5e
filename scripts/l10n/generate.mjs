// Collects what the extension says to people, and writes it where the editor looks for translations:
//   package.nls.json         titles and descriptions of package.json, which holds their keys
//   l10n/bundle.l10n.json    messages of src/extension, from the literals given to t()
// Settings are described by src/options/table.ts. German texts stay; those that are missing or no longer needed are
// listed. Exit code 1: a German text is missing.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { root } from '../install.mjs';
import { keyIn, manifestTexts } from './manifestText.mjs';
import { translatedMessages } from './visibleText.mjs';

const read = (file) => JSON.parse(readFileSync(resolve(root, file), 'utf8'));
const write = (file, value) => writeFileSync(resolve(root, file), `${JSON.stringify(value, null, 2)}\n`);

const manifest = read('package.json');
manifest.contributes.configuration.properties = await settings();
const known = read('package.nls.json');
const texts = {};
for (const { key, text, put } of manifestTexts(manifest)) {
  texts[key] = keyIn(text) === undefined ? text : known[key];
  if (texts[key] === undefined) throw new Error(`package.json has ${text}, which package.nls.json does not know.`);
  put(`%${key}%`);
}
write('package.json', manifest);
write('package.nls.json', texts);

const messages = sourcesBelow('src/extension').flatMap((file) => translatedMessages(readFileSync(file, 'utf8')));
const bundle = Object.fromEntries([...new Set(messages)].sort().map((message) => [message, message]));
write('l10n/bundle.l10n.json', bundle);

report('package.nls.de.json', Object.keys(texts));
report('l10n/bundle.l10n.de.json', Object.keys(bundle));

/** Puts the German texts in the order of the English ones, and lists which are missing and which nobody asks for. */
function report(file, keys) {
  const german = read(file);
  const missing = keys.filter((key) => !(key in german));
  const left = Object.keys(german).filter((key) => !keys.includes(key));
  write(file, Object.fromEntries(keys.filter((key) => key in german).map((key) => [key, german[key]])));
  for (const key of left) console.log(`${file}: removed ${JSON.stringify(key)}`);
  for (const key of missing) console.error(`${file}: missing ${JSON.stringify(key)}`);
  if (missing.length > 0) process.exitCode = 1;
}

/** The settings as the options table describes them. */
async function settings() {
  const folder = resolve(root, '.cache/l10n');
  await mkdir(folder, { recursive: true });
  const outfile = resolve(folder, 'settings.mjs');
  await esbuild.build({
    entryPoints: [resolve(root, 'src/extension/settings.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  const { settingsContribution } = await import(pathToFileURL(outfile).href);
  return settingsContribution();
}

function sourcesBelow(folder) {
  return readdirSync(resolve(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => join(root, folder, name));
}
