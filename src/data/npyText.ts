/** Bytes of a character: UTF-32 in `U`, one byte of UTF-8 in `S`. */
const CHARACTER: ReadonlyMap<string, number> = new Map([
  ['U', 4],
  ['S', 1],
  ['a', 1],
]);

/** Bytes of a word in an array of text, such as `<U10` or `|S5`; null for other types. */
export function wordSizeOf(descr: string): number | null {
  const [, kind, length] = /^[<>|=]([USa])(\d{1,9})$/.exec(descr) ?? [];
  const size = CHARACTER.get(kind ?? '');
  return size === undefined ? null : size * Number(length);
}

/**
 * The words of an array of text. numpy fills up short words with zeros, which are no part of them.
 * @param bytes of the elements alone
 * @throws Error for numbers that are no characters
 */
export function wordsOf(bytes: Uint8Array, descr: string, count: number): string[] {
  const size = wordSizeOf(descr) ?? 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder();
  const word = (at: number): string => {
    if (descr[1] !== 'U') {
      let end = at + size;
      while (end > at && bytes[end - 1] === 0) end--;
      return utf8.decode(bytes.subarray(at, end));
    }
    const codes: number[] = [];
    for (let i = at; i < at + size; i += 4) codes.push(view.getUint32(i, descr[0] !== '>'));
    while (codes.at(-1) === 0) codes.pop();
    if (codes.some((code) => code > 0x10ffff)) throw new Error('a word holds what is no character');
    return codes.map((code) => String.fromCodePoint(code)).join('');
  };
  return Array.from({ length: count }, (_, i) => word(i * size));
}
