/** Bytes of one unit of text by numpy kind: UTF-32 for `U`, UTF-8 for `S`. */
const CHARACTER: ReadonlyMap<string, number> = new Map([
  ['U', 4],
  ['S', 1],
  ['a', 1],
]);

/** Computes the bytes of one word in an array of text such as `<U10` or `|S5`. Returns null for other types. */
export function wordSizeOf(descr: string): number | null {
  const [, kind, length] = /^[<>|=]([USa])(\d{1,9})$/.exec(descr) ?? [];
  const size = CHARACTER.get(kind ?? '');
  return size === undefined ? null : size * Number(length);
}

/**
 * Decodes the words of an array of text. Drops the zeros with which numpy pads short words.
 * @param bytes the elements without the header
 * @throws Error for numbers that are not characters
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
