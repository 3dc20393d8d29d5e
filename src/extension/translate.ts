/** How the editor translates: `vscode.l10n.t`. */
type Translate = (message: string, ...values: (string | number)[]) => string;

let translate: Translate = filled;

/** Lets the editor translate all that the extension says from now on. Without it, as in tests, messages are English. */
export function translateBy(editor: Translate): void {
  translate = editor;
}

/**
 * Says a message in the language of the editor: `t('Saved {0}.', file)`.
 * @param message English text as a literal, since `npm run generate:l10n` collects the literals; {0}, {1}, … stand for
 *   the values
 */
export function t(message: string, ...values: (string | number)[]): string {
  return translate(message, ...values);
}

function filled(message: string, ...values: (string | number)[]): string {
  return message.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
