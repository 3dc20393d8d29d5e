/** Number of characters shown of a name, and of a sentence of ours with the names in it. */
const NAME = 200;
const SENTENCE = 2000;

/**
 * Matches characters that are invisible or change how a line is shown: control characters (escape sequences, line
 * breaks), line separators, marks that change the direction of text, and characters without width. The expression
 * exempts joiners, which emoji and several scripts need. It also exempts the visible number signs of Arabic and Syriac,
 * which Unicode counts as formatting characters.
 */
const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/** Matches joiners that join nothing: one side has no letter, mark or emoji, or the letter before needs no joiner. */
const IDLE_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])|(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u200c\u200d]/gu;

const SHORT: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/**
 * Makes text from a file, a path or a library safe to show in a terminal, a page or a notification. Hidden characters
 * are spelled out (`\x1b`, `\u{202e}`), and a text of more than `most` characters loses its middle. Applied twice, the
 * function changes nothing more.
 */
export function shown(text: string, most = NAME): string {
  // Names may be megabytes long, so a first cut limits the work. It keeps more than the final cut needs.
  const visible = cut(text, 4 * most)
    .replace(HIDDEN, written)
    .replace(IDLE_JOINER, written);
  return cut(visible, most);
}

/** Makes a sentence of ours with such names in it safe to show. */
export function shownSentence(text: string): string {
  return shown(text, SENTENCE);
}

/** Makes every text in a value safe to show, including the keys of objects. Arrays of numbers are not copied. */
export function shownThroughout<T>(value: T): T {
  return through(value) as T;
}

function through(value: unknown): unknown {
  if (typeof value === 'string') return shownSentence(value);
  if (Array.isArray(value)) return typeof value[0] === 'number' ? value : value.map(through);
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [shown(key), through(item)]));
}

function written(character: string): string {
  const code = character.codePointAt(0)!;
  if (SHORT[code] !== undefined) return SHORT[code];
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** Keeps both ends of a text, since names differ there. Never splits a character of two UTF-16 units. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const tail = text.length - (most - 1 - head);
  const parted = (at: number) => /[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]/.test(text.charAt(at - 1));
  return `${text.slice(0, parted(head) ? head - 1 : head)}…${text.slice(parted(tail) ? tail + 1 : tail)}`;
}
