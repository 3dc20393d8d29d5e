/** Characters that a reader sees of a name; what a sentence of ours may take with the names in it. */
const NAME = 200;
const SENTENCE = 2000;

/**
 * Characters that change how a line is shown instead of standing in it: control characters (escape sequences, new lines),
 * line separators, marks that turn the direction of text, and what has no width. Not among them: joiners, which emoji and
 * several scripts need, and the visible number signs of Arabic and Syriac, which Unicode counts as formatting.
 */
const HIDDEN =
  /(?![\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u3164\uffa0]/gu;

/** A joiner with no letter, mark or emoji of such a script on both sides joins nothing. */
const IDLE_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}])|(?<=[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}])[\u200c\u200d]/gu;

const SHORT: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r' };

/**
 * Text from a file, a path or a library as it may be shown to a person, in a terminal, a page or a notification: what is
 * hidden is written out (`\x1b`, `\u{202e}`), and of more than `most` characters the middle is left out. Text that was made
 * so stays as it is.
 */
export function shown(text: string, most = NAME): string {
  // A cut first, with room for what is left out: names may be megabytes long.
  const visible = cut(text, 4 * most)
    .replace(HIDDEN, written)
    .replace(IDLE_JOINER, written);
  return cut(visible, most);
}

/** The same of a sentence of ours with such names in it. */
export function shownSentence(text: string): string {
  return shown(text, SENTENCE);
}

/** Every text in a value, keys included, as it may be shown. Numbers stay where they are. */
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

/** Half of what is shown stands at each end: names differ there. No character of two units is parted. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const tail = text.length - (most - 1 - head);
  const parted = (at: number) => /[\udc00-\udfff]/.test(text.charAt(at)) && /[\ud800-\udbff]/.test(text.charAt(at - 1));
  return `${text.slice(0, parted(head) ? head - 1 : head)}…${text.slice(parted(tail) ? tail + 1 : tail)}`;
}
