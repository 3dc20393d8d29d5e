import type { Expression } from './expression';
import { ExpressionReader } from './expression';
import type { Token } from './tokens';

/** The names of a file: modules and what they are imported as, and variables that are assigned once. */
export interface Bindings {
  /** Name → dotted path: `import torch.onnx as export` gives `export` → `torch.onnx`. */
  imports: ReadonlyMap<string, string>;
  /** Variables that are bound once, by an assignment. */
  variables: ReadonlyMap<string, Expression>;
}

/** Reads the statements of a file, or of the cells of a notebook in their order. */
export function bindingsOf(files: readonly (readonly Token[])[]): Bindings {
  const imports = new Map<string, string>();
  const bound = new Map<string, number>();
  const values = new Map<string, Expression>();
  const bind = (name: string): void => void bound.set(name, (bound.get(name) ?? 0) + 1);
  for (const tokens of files) {
    for (const statement of statementsOf(tokens)) {
      for (const [name, path] of importsOf(statement)) imports.set(name, path);
      namesBound(statement).forEach(bind);
      const value = assignmentOf(statement);
      if (value) values.set(value.name, value.expression);
    }
  }
  const variables = new Map([...values].filter(([name]) => bound.get(name) === 1));
  return { imports, variables };
}

function* statementsOf(tokens: readonly Token[]): Generator<readonly Token[]> {
  let start = 0;
  for (let i = 0; i <= tokens.length; i++) {
    if (i < tokens.length && tokens[i].kind !== 'end') continue;
    if (i > start) yield tokens.slice(start, i);
    start = i + 1;
  }
}

const isName = (token: Token | undefined): token is Token & { kind: 'name' } => token?.kind === 'name';
const isText = (token: Token | undefined, text: string): boolean =>
  token !== undefined && 'text' in token && token.text === text;

/** `import a.b as c, d` and `from a.b import c as d, e`. */
function importsOf(statement: readonly Token[]): [name: string, path: string][] {
  const texts = statement
    .map((token) => ('text' in token ? token.text : ''))
    .filter((text) => text !== '(' && text !== ')');
  if (texts[0] === 'import') {
    return listed(texts.slice(1)).map(({ path, name }) => [
      name ?? path.split('.')[0],
      name ? path : path.split('.')[0],
    ]);
  }
  const at = texts.indexOf('import');
  if (texts[0] !== 'from' || at < 0) return [];
  const from = texts.slice(1, at).join('');
  return listed(texts.slice(at + 1)).map(({ path, name }) => [name ?? path, `${from}.${path}`]);
}

function listed(texts: readonly string[]): { path: string; name?: string }[] {
  return texts
    .join(' ')
    .split(' , ')
    .map((item) => item.split(' as '))
    .map(([path, name]) => ({ path: path.replaceAll(' ', ''), ...(name === undefined ? {} : { name: name.trim() }) }));
}

/** `name = expression`, `name: type = expression`. */
function assignmentOf(statement: readonly Token[]): { name: string; expression: Expression } | null {
  const [first, second] = statement;
  if (!isName(first)) return null;
  const equals = isText(second, ':') ? statement.findIndex((token) => isText(token, '=')) : 1;
  if (equals < 1 || !isText(statement[equals], '=')) return null;
  const reader = new ExpressionReader(statement, equals + 1);
  const expression = reader.read();
  // "a = b = 1" or "a = 1, 2": not the value of one name.
  return reader.index === statement.length ? { name: first.text, expression } : null;
}

/**
 * The names that a statement binds, conservatively: targets of assignments, loops, `with`, `:=`, imports, and the
 * parameters of functions.
 */
function namesBound(statement: readonly Token[]): string[] {
  const names: string[] = [];
  const [first] = statement;
  const isDefinition = isText(first, 'def') || (isText(first, 'async') && isText(statement[1], 'def'));
  let depth = 0;
  let lastTarget = 0;
  for (const [i, token] of statement.entries()) {
    if (!('text' in token)) continue;
    const { text } = token;
    if ('([{'.includes(text)) depth++;
    else if (')]}'.includes(text)) depth--;
    else if (depth === 0 && /^(?:=|.+=)$/.test(text) && token.kind === 'operator' && !/^[=!<>]=$/.test(text)) {
      // What stands in a subscript or behind a dot on the left is not bound, and to count it does no harm.
      names.push(
        ...statement
          .slice(lastTarget, i)
          .filter(isName)
          .map((name) => name.text),
      );
      lastTarget = i + 1;
    } else if (text === ':=' && isName(statement[i - 1])) names.push((statement[i - 1] as { text: string }).text);
    else if (text === 'for' || text === 'as' || text === 'lambda') {
      const stop = statement.findIndex(
        (other, k) => k > i && (isText(other, 'in') || isText(other, ':') || isText(other, ',')),
      );
      names.push(
        ...statement
          .slice(i + 1, stop < 0 ? i + 2 : stop)
          .filter(isName)
          .map((name) => name.text),
      );
    }
  }
  if (isDefinition || isText(first, 'class'))
    names.push(
      ...statement
        .slice(1)
        .filter(isName)
        .map((name) => name.text),
    );
  if (isText(first, 'global') || isText(first, 'nonlocal') || isText(first, 'del')) {
    names.push(
      ...statement
        .slice(1)
        .filter(isName)
        .map((name) => name.text),
    );
  }
  return names;
}
