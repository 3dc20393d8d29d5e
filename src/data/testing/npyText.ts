/** Encodes words as numpy.save writes an array of text: UTF-32 in either byte order, or UTF-8 bytes. */
export function npyText(words: readonly string[], kind: '<U' | '>U' | '|S'): Uint8Array<ArrayBuffer> {
  const coded = words.map((word) => {
    if (kind === '|S') return Buffer.from(word, 'utf8');
    const points = [...word].map((character) => character.codePointAt(0) ?? 0);
    const bytes = Buffer.alloc(4 * points.length);
    for (const [i, point] of points.entries()) {
      if (kind === '<U') bytes.writeUInt32LE(point, 4 * i);
      else bytes.writeUInt32BE(point, 4 * i);
    }
    return bytes;
  });
  const size = Math.max(...coded.map(({ length }) => length));
  const descr = `${kind}${kind === '|S' ? size : size / 4}`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${words.length},), }`;
  const header = Buffer.from(`${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`);
  const bytes = new Uint8Array(10 + header.length + words.length * size);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length % 256, Math.floor(header.length / 256)]);
  bytes.set(header, 10);
  for (const [i, word] of coded.entries()) bytes.set(word, 10 + header.length + i * size);
  return bytes;
}
