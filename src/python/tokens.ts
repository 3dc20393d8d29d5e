/** One token of Python source. Comments, spaces and line breaks inside brackets are left out. */
export type Token =
  | { kind: 'name' | 'number' | 'operator'; text: string; at: number; end: number }
  /** A literal. `prefix` is in lower case; `body` is the text between the quotes, as it is written. */
  | { kind: 'string'; prefix: string; body: string; at: number; end: number }
  /** The end of a statement: a line break outside brackets, or a semicolon. */
  | { kind: 'end'; at: number; end: number };

const SPACE = /[ \t\f\r]+|\\\r?\n|#[^\n]*/y;
const STRING_START = /([a-zA-Z]{0,2})("""|'''|"|')/y;
const PREFIX = /^(?:|r|u|b|f|t|br|rb|fr|rf|tr|rt)$/i;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:\d|\.\d)(?:[eE][+-]?\d|[\w.])*/y;
const OPERATOR = /\*\*=|\/\/=|>>=|<<=|\.\.\.|:=|->|[-+*/%@&|^=!<>]=|\*\*|\/\/|<<|>>|[^\s]/y;
const OPENING = '([{';
const CLOSING = ')]}';

/**
 * Splits Python source into tokens. Source that is not valid Python, such as a cell that is being written, gives the
 * tokens that can be told.
 */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let depth = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(source);
  };
  const isStart = () => tokens.length === 0 || tokens[tokens.length - 1].kind === 'end';
  while (at < source.length) {
    const space = match(SPACE);
    if (space) {
      at += space[0].length;
      continue;
    }
    const character = source[at];
    if (character === '\n' || (character === ';' && depth === 0)) {
      if (depth === 0 && !isStart()) tokens.push({ kind: 'end', at, end: at + 1 });
      at++;
      continue;
    }
    // Magic commands of notebooks: "%matplotlib inline", "!pip install onnx".
    if (isStart() && (character === '%' || character === '!' || character === '?')) {
      const end = source.indexOf('\n', at);
      at = end < 0 ? source.length : end;
      continue;
    }
    const quoted = match(STRING_START);
    if (quoted && PREFIX.test(quoted[1])) {
      const prefix = quoted[1].toLowerCase();
      const start = at + quoted[0].length;
      const close = closeOf(source, start, quoted[2], prefix);
      const end = Math.min(close + quoted[2].length, source.length);
      tokens.push({ kind: 'string', prefix, body: source.slice(start, close), at, end });
      at = end;
      continue;
    }
    const found = match(NAME) ?? match(NUMBER) ?? match(OPERATOR);
    if (!found) {
      at++;
      continue;
    }
    const [text] = found;
    const kind = /^[\p{L}_]/u.test(text) ? 'name' : /^\.?\d/.test(text) ? 'number' : 'operator';
    if (OPENING.includes(text)) depth++;
    if (CLOSING.includes(text)) depth = Math.max(0, depth - 1);
    tokens.push({ kind, text, at, end: at + text.length });
    at += text.length;
  }
  return tokens;
}

/** The place of the closing quotes. A literal of one line that is not closed ends with its line. */
function closeOf(source: string, start: number, quotes: string, prefix: string): number {
  const isShort = quotes.length === 1;
  const hasFields = /[ft]/.test(prefix);
  for (let i = start; i < source.length; i++) {
    if (source[i] === '\\') i++;
    else if (source.startsWith(quotes, i)) return i;
    else if (isShort && source[i] === '\n') return i;
    else if (hasFields && source[i] === '{') {
      if (source[i + 1] === '{') i++;
      else i = fieldEnd(source, i + 1, isShort, quotes);
    }
  }
  return source.length;
}

/**
 * The place of the brace that closes a replacement field. Since Python 3.12 a field may hold the quotes of its string;
 * where no brace follows on the line, it is not taken for a field.
 */
function fieldEnd(source: string, start: number, isShort: boolean, quotes: string): number {
  let depth = 1;
  for (let i = start; i < source.length; i++) {
    const character = source[i];
    if (isShort && character === '\n') break;
    if (character === '{') depth++;
    else if (character === '}' && --depth === 0) return i;
    else if (
      (character === '"' || character === "'") &&
      !(isShort && character === quotes && !source.slice(i, lineEnd(source, i)).includes('}'))
    ) {
      const close = source.indexOf(character, i + 1);
      if (close < 0) break;
      i = close;
    }
  }
  return start - 1;
}

function lineEnd(source: string, at: number): number {
  const end = source.indexOf('\n', at);
  return end < 0 ? source.length : end;
}
