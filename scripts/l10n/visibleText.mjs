// Finds in the extension's sources what a person reads: the messages that `t()` translates, and literals that bypass it.
import ts from 'typescript';

/** Functions whose arguments people do not read in the editor: the log, faults of our own, and names for the editor. */
const UNREAD_CALLS =
  /(^|\.)(executeCommand|registerCommand|registerTool|registerLanguageModelTool|createOutputChannel|createFileSystemWatcher|createWebviewPanel|createTreeView|createStatusBarItem|getConfiguration|get|from|joinPath|join|parse|includes|startsWith|endsWith|split|replace|replaceAll|test|match|exec|on|once|emit|require|Map|Set|RegExp|ThemeIcon|ThemeColor)$/;

/** Properties that hold names for programs. */
const UNREAD_PROPERTIES = new Set([
  ...['id', 'command', 'scheme', 'path', 'pattern', 'language', 'kind', 'type', 'format', 'ending', 'name', 'source'],
  ...['viewId', 'contextValue', 'encoding', 'stdio', 'icon', 'verdict', 'VSCODE', 'env', 'code'],
]);

/** @returns the messages given to `t()`, in their order */
export function translatedMessages(source) {
  const found = [];
  visit(parsed(source), (node) => {
    if (isTranslation(node)) {
      const [first] = node.arguments;
      if (!first || !ts.isStringLiteralLike(first)) {
        throw new Error(`t() wants a message as a literal, not ${first?.getText() ?? 'nothing'}`);
      }
      found.push(first.text);
    }
  });
  return found;
}

/** @returns literals that read as prose and are not given to `t()`: their text, line and node */
export function untranslated(source) {
  const file = parsed(source);
  const found = [];
  visit(file, (node) => {
    if (!isText(node) || !readsAsProse(textOf(node)) || isUnread(node)) return;
    found.push({ text: textOf(node), line: file.getLineAndCharacterOfPosition(node.getStart()).line + 1, node });
  });
  return found;
}

function parsed(source) {
  return ts.createSourceFile('source.ts', source, ts.ScriptTarget.Latest, true);
}

function visit(node, see) {
  see(node);
  ts.forEachChild(node, (child) => visit(child, see));
}

function isText(node) {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

/** The text of a literal, with {} for each value of a template. */
export function textOf(node) {
  if (ts.isStringLiteralLike(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => `{}${literal.text}`).join('');
}

/** The product's name, in every language. */
const NAME = 'Ridgeline';

/** Several words, or one that begins like a sentence. Icons, addresses, paths and identifiers are no prose. */
function readsAsProse(text) {
  if (text === NAME || text.includes('://')) return false;
  if (/(^|[ (“])\p{L}{2,}[,.:;)]* \{\}|\{\}[,.:;)]* \p{L}{2,}/u.test(text)) return true;
  const plain = text.replace(/\$\([\w~-]+\)/g, '').replace(/\{\}/g, '');
  return /\p{L}{2,}[,;:]? +[\p{L}(“‘«]/u.test(plain) || /(^|[^\w./-])\p{Lu}\p{Ll}{2,}/u.test(plain) || /…$/.test(plain);
}

function isTranslation(node) {
  return ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 't';
}

/** Whether a property names a kind of file, which a dialog shows. */
function isFileKind(property) {
  const owner = property.parent.parent;
  return ts.isPropertyAssignment(owner) && /^filters?$/.test(owner.name.getText());
}

function isUnread(node) {
  for (let child = node, up = node.parent; up; child = up, up = up.parent) {
    if (ts.isImportDeclaration(up) || ts.isExportDeclaration(up) || ts.isLiteralTypeNode(up)) {
      return true;
    }
    if (ts.isCaseClause(up) && up.expression === child) return true;
    if (isTranslation(up) && up.arguments[0] === child) return true;
    if (ts.isBinaryExpression(up) && /[=!]==?/.test(up.operatorToken.getText())) return true;
    if (ts.isPropertyAssignment(up)) {
      if (up.name === child) return !isFileKind(up);
      if (UNREAD_PROPERTIES.has(up.name.getText()) && isText(child)) return true;
    }
    if (ts.isCallExpression(up) || ts.isNewExpression(up)) {
      const called = up.expression.getText();
      // Faults of our own and the log stay English, however their texts are put together.
      if (child !== up.expression && /(^|\.)(Error|info|warn|error|trace|debug)$/.test(called)) return true;
      if (child !== up.expression && UNREAD_CALLS.test(called) && isText(child)) return true;
    }
    if (ts.isElementAccessExpression(up) && up.argumentExpression === child) return true;
  }
  return false;
}
