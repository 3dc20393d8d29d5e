/** Wraps text at the width of the terminal. Every line but the first is indented. */
export function wrapped(text: string, columns: number, indent: number): string[] {
  const width = Math.max(20, columns - indent);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width - (lines.length > 0 ? indent : 0)) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  lines.push(line);
  return lines.map((content, i) => (i === 0 ? content : ' '.repeat(Math.min(indent, 2)) + content));
}
