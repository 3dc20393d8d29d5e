// Gives the workbench another language, as an installed language pack does: extensions then speak that language. The
// pack holds no words of the editor, whose own texts stay English.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Writes a language pack and the list in which the server finds it.
 * @param userData folder of the server's user data
 * @param language what `--locale` takes, such as `de`
 */
export function writeLanguagePack(userData, language) {
  mkdirSync(userData, { recursive: true });
  const words = resolve(userData, `words.${language}.json`);
  writeFileSync(words, JSON.stringify({ contents: {} }));
  const label = new Intl.DisplayNames(language, { type: 'language' }).of(language);
  const extensions = [{ extensionIdentifier: { id: `ridgeline.language-pack-${language}` }, version: '1.0.0' }];
  const pack = { hash: language, label, extensions, translations: { vscode: words } };
  writeFileSync(resolve(userData, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}
