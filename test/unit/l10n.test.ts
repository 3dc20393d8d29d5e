import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

interface ManifestText {
  key: string;
  text: string;
}
const scripts = (name: string): Promise<unknown> => import(pathToFileURL(join('scripts/l10n', name)).href);
const { keyIn, manifestTexts } = (await scripts('manifestText.mjs')) as {
  keyIn: (text: string) => string | undefined;
  manifestTexts: (manifest: object) => ManifestText[];
};
const { translatedMessages, untranslated } = (await scripts('visibleText.mjs')) as {
  translatedMessages: (source: string) => string[];
  untranslated: (source: string) => { text: string; line: number }[];
};

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
const placeholders = (text: string) => [...new Set(text.match(/\{\d+\}/g))].sort();
const links = (text: string) => (text.match(/\]\([^)]*\)/g) ?? []).sort();

/**
 * Names of difficulties, and pages of figures, which stay English as verdicts and figures do. The settings are
 * translated in package.nls.json.
 */
const ENGLISH = ['samples.ts', 'settings.ts'];

const sources = readdirSync('src/extension', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => join('src/extension', name));

describe('what the extension says', () => {
  it('passes through t(), word for word', () => {
    const bypassing = sources
      .filter((file) => !ENGLISH.some((name) => file.endsWith(name)))
      .flatMap((file) => untranslated(readFileSync(file, 'utf8')).map(({ text, line }) => `${file}:${line} ${text}`));
    expect(bypassing).toEqual([]);
  });

  it('is in the bundle: run npm run generate:l10n if it is not', () => {
    const said = new Set(sources.flatMap((file) => translatedMessages(readFileSync(file, 'utf8'))));
    const bundle = read('l10n/bundle.l10n.json');
    expect(Object.keys(bundle).sort()).toEqual([...said].sort());
    for (const [key, text] of Object.entries(bundle)) expect(text).toBe(key);
  });

  it('finds a literal that bypasses it', () => {
    const found = (source: string) => untranslated(source).map(({ text }) => text);
    expect(found('show(`Saved ${file}.`)')).toEqual(['Saved {}.']);
    expect(found("const item = { label: 'Choose Data…', id: 'chooseData' }")).toEqual(['Choose Data…']);
    expect(found("open({ filters: { 'All files': ['*'], [t('Data')]: ['npz'] } })")).toEqual(['All files']);
    expect(found("show(t('Saved {0}.', file)); log.info('Saved a file'); register('ridgeline.show')")).toEqual([]);
  });
});

describe('package.json', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as object;

  it('holds a key for each text that people read', () => {
    const keys = manifestTexts(manifest).map(({ key, text }) => ({ key, held: keyIn(text) }));
    expect(keys.filter(({ key, held }) => key !== held)).toEqual([]);
    expect(Object.keys(read('package.nls.json')).sort()).toEqual(keys.map(({ key }) => key).sort());
  });

  it('has every page of the walkthrough in German, too', () => {
    const pages = readdirSync('media/walkthrough').filter((name) => /^\w+\.md$/.test(name));
    for (const name of pages)
      expect(existsSync(`media/walkthrough/${name.replace('.md', '.nls.de.md')}`), name).toBe(true);
  });
});

describe.each([
  ['package.nls.json', 'package.nls.de.json'],
  ['l10n/bundle.l10n.json', 'l10n/bundle.l10n.de.json'],
])('%s in German', (english, german) => {
  const [from, to] = [read(english), read(german)];

  it('says everything, and nothing else', () => {
    expect(
      Object.keys(from).filter((key) => !(key in to)),
      'missing',
    ).toEqual([]);
    expect(
      Object.keys(to).filter((key) => !(key in from)),
      'left over',
    ).toEqual([]);
  });

  it('keeps placeholders, links and icons', () => {
    for (const [key, text] of Object.entries(from)) {
      if (to[key] === undefined) continue;
      expect(placeholders(to[key]), key).toEqual(placeholders(text));
      expect(links(to[key]), key).toEqual(links(text));
      expect(to[key].match(/\$\([\w~-]+\)/g), key).toEqual(text.match(/\$\([\w~-]+\)/g));
    }
  });
});
