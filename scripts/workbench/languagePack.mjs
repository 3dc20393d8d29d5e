// Gives the workbench a second language, as an installed language pack does. Windows speak it after `speak`. The pack
// holds no words of the editor itself, whose own texts stay English; extensions have theirs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * Writes a language pack and the list in which the server finds it.
 * @param userData folder of the server's user data
 * @param language tag such as `de`
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

/** Sets the language of windows that open from now on, as the command “Configure Display Language” does. */
export function speak(userData, language) {
  writeFileSync(resolve(userData, 'User/argv.json'), JSON.stringify({ locale: language }));
}
