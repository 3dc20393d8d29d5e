import type { Bindings } from './bindings';
import type { Expression } from './expression';
import { ExpressionReader } from './expression';
import { tokensOf } from './tokens';

/** Functions that return their argument as a path or a string. */
const SAME = new Set([
  'str',
  'os.fspath',
  'os.path.abspath',
  'os.path.realpath',
  'os.path.normpath',
  'pathlib.Path.resolve',
]);
/** Functions that join their arguments. */
const JOINING = new Set(['os.path.join', 'pathlib.Path', 'pathlib.PurePath', 'pathlib.PosixPath', 'Path', 'PurePath']);
/** Methods of paths that return the same path, as far as it is looked up. */
const SAME_METHODS = new Set(['resolve', 'absolute', 'as_posix', '__str__', '__fspath__']);
/** Names that stand for one another where one is defined by the next: longer chains are no path. */
const LONGEST_CHAIN = 20;

/**
 * The value of an expression as a path or a string, or null if it is not known before the program runs.
 * @param file name of the file, which is the value of `__file__`
 */
export function pathValue(expression: Expression, bindings: Bindings, file: string, chain = 0): string | null {
  if (chain > LONGEST_CHAIN) return null;
  const valueOf = (inner: Expression): string | null => pathValue(inner, bindings, file, chain + 1);
  switch (expression.kind) {
    case 'string':
      return stringValue(expression, valueOf);
    case 'number':
      return /^\d+$/.test(expression.text) ? expression.text : null;
    case 'name': {
      if (expression.name === '__file__') return file;
      const value = bindings.variables.get(expression.name);
      return value ? valueOf(value) : null;
    }
    case 'attribute': {
      const of = expression.name === 'parent' ? valueOf(expression.of) : null;
      return of === null ? null : parentOf(of);
    }
    case 'binary': {
      const [left, right] = [valueOf(expression.left), valueOf(expression.right)];
      if (left === null || right === null) return null;
      return expression.operator === '+' ? left + right : joined([left, right]);
    }
    case 'call':
      return callValue(expression, bindings, valueOf);
    case 'other':
      return null;
  }
}

function callValue(
  { callee, positional, keywords }: Expression & { kind: 'call' },
  bindings: Bindings,
  valueOf: (inner: Expression) => string | null,
): string | null {
  if (Object.keys(keywords).length > 0) return null;
  const all = (of: readonly Expression[]): string[] | null => {
    const values = of.map(valueOf);
    return values.every((value) => value !== null) ? values : null;
  };
  const name = dottedName(callee, bindings);
  if (name !== null && JOINING.has(name)) {
    const values = all(positional);
    return values && joined(values);
  }
  if (name !== null && SAME.has(name)) return positional.length === 1 ? valueOf(positional[0]) : null;
  if (name === 'os.path.dirname') {
    const value = positional.length === 1 ? valueOf(positional[0]) : null;
    return value === null ? null : parentOf(value);
  }
  if (name === 'os.getcwd' || name === 'pathlib.Path.cwd' || name === 'Path.cwd') return '.';
  if (callee.kind !== 'attribute') return null;
  const of = valueOf(callee.of);
  const values = all(positional);
  if (of === null || values === null) return null;
  if (SAME_METHODS.has(callee.name) && values.length === 0) return of;
  if (callee.name === 'joinpath') return joined([of, ...values]);
  if (callee.name === 'with_suffix' && values.length === 1) return withSuffix(of, values[0]);
  if (callee.name === 'with_name' && values.length === 1) return joined([parentOf(of), values[0]]);
  return null;
}

/** `torch.onnx.export` of a callee, with the names that the file imports written out; null if it is no dotted name. */
export function dottedName(callee: Expression, { imports }: Pick<Bindings, 'imports'>): string | null {
  if (callee.kind === 'name') return imports.get(callee.name) ?? callee.name;
  if (callee.kind !== 'attribute') return null;
  const of = dottedName(callee.of, { imports });
  return of === null ? null : `${of}.${callee.name}`;
}

export function withSuffix(path: string, suffix: string): string {
  return path.replace(/(?<=[^/\\])\.[^./\\]*$/, '') + suffix;
}

function parentOf(path: string): string {
  const cut = path.replace(/[/\\]+$/, '').search(/[^/\\]*$/);
  return cut <= 0 ? '.' : path.slice(0, cut).replace(/(?<=.)[/\\]+$/, '');
}

/** Joins as pathlib does: an absolute part starts anew. */
function joined(parts: readonly string[]): string {
  return parts.reduce((path, part) => {
    if (part === '' || path === '') return path + part;
    return /^(?:[/\\]|[A-Za-z]:)/.test(part) ? part : `${path.replace(/[/\\]$/, '')}/${part}`;
  }, '');
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

function stringValue(
  { prefix, body }: Expression & { kind: 'string' },
  valueOf: (inner: Expression) => string | null,
): string | null {
  if (/[bt]/.test(prefix)) return null;
  if (prefix.includes('f')) return formatted(body, prefix.includes('r'), valueOf);
  return prefix.includes('r') ? body : unescaped(body);
}

function unescaped(body: string): string {
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([\s\S]))/g,
    (written, hex: string, wide: string, single: string) => {
      if (hex ?? wide) return String.fromCharCode(parseInt(hex ?? wide, 16));
      return ESCAPES[single] ?? written;
    },
  );
}

/** The value of an f-string whose fields are known and are not formatted. */
function formatted(body: string, isRaw: boolean, valueOf: (inner: Expression) => string | null): string | null {
  let value = '';
  for (let i = 0; i < body.length;) {
    if (body.startsWith('{{', i) || body.startsWith('}}', i)) {
      value += body[i];
      i += 2;
    } else if (body[i] === '{') {
      const end = body.indexOf('}', i);
      if (end < 0) return null;
      const tokens = tokensOf(body.slice(i + 1, end));
      const reader = new ExpressionReader(tokens);
      const field = reader.read();
      // A format, a conversion, or "=" follows the expression.
      if (reader.index < tokens.length) return null;
      const inner = valueOf(field);
      if (inner === null) return null;
      value += inner;
      i = end + 1;
    } else {
      const next = body.slice(i).search(/[{}]/);
      const text = body.slice(i, next < 0 ? undefined : i + Math.max(next, 1));
      value += isRaw ? text : unescaped(text);
      i += text.length;
    }
  }
  return value;
}
