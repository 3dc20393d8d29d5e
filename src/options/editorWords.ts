import { optionNamed } from './table';
import type { OptionRow } from './table';

/** Commands of the command line, and what does the same in the editor. */
const COMMANDS: readonly [RegExp, string][] = [
  [/"ridgeline providers --install cuda", or "Install CUDA Libraries…" in VS Code,/g, '“Install CUDA Libraries…”'],
  [/["`]?ridgeline analyze \S+ --output \S+?\.json["`]?/g, '“Export Report…”'],
  [/["`]?ridgeline compare(?: \S+\.onnx)+ --data FILE["`]?/g, '“Compare Landscapes”'],
  [/["`]?ridgeline inspect(?: MODEL)?["`]?/g, '“Inspect Model”'],
  [/["`]?ridgeline verify(?: MODEL)?["`]?/g, '“Verify Derivatives”'],
  [/["`]?ridgeline path(?: FOLDER)?["`]?/g, '“Follow Training Checkpoints”'],
  [/["`]?ridgeline providers["`]?/g, '“Show Execution Providers”'],
  [/, or use --[a-z-]+ on the command line/g, ''],
  // A flag in quotes of its own.
  [/"(--[a-z][^"]*)"/g, '$1'],
];

/** The button that asks for data. */
const CHOOSE_DATA = '“Choose Data…”';

/**
 * A flag with its value. A value is a placeholder in capitals, a number, something in quotes, NAME=VALUE, or words that
 * the option lists as its choices; the last are checked by the caller.
 */
const FLAG =
  /`?--([a-z][a-z-]*[a-z])(?:[ =]((?:[A-Z]{1,}[A-Z_]*(?:\.[a-z]+)?(?:[=|][A-Z_]+)*)(?![a-z\w])|"[^"]*"|[^\s=,;:()"`]+=(?:"[^"]*"|[^\s,;:()`]+)|-?\d[\d.]*(?<!\.)|[a-z_]+(?:,[a-z_]+)*))?`?/g;

const PLACEHOLDER = /^[A-Z][A-Z_]*(?:\.[a-z]+)?(?:[=|][A-Z_]+)*$/;

/**
 * Rewrites a sentence of the command line in the words of the editor: a flag becomes the option of the same name in the
 * options file, and a command the one of the palette. Sentences without either stay as they are.
 */
export function inEditorWords(sentence: string): string {
  const { text, isOption } = rewritten(sentence);
  if (!isOption || /options file/i.test(text)) return text;
  return `${/[.!?…]$/.test(text) ? text : `${text}.`} Options stand in the options file beside the model.`;
}

/** The same for a place, which is no sentence: "--input x" becomes "input" x. */
export function placeInEditorWords(place: string): string {
  return rewritten(place).text;
}

function rewritten(sentence: string): { text: string; isOption: boolean } {
  let text = COMMANDS.reduce((said, [pattern, words]) => said.replace(pattern, words), sentence);
  let isOption = false;
  text = text.replace(FLAG, (written, flag: string, value: string | undefined) => {
    const row = optionNamed(camelCase(flag));
    if (!row) return written;
    const [known, rest] = valueOf(row, value);
    if (row.name === 'data') return (known === '"generated"' ? 'generated inputs' : CHOOSE_DATA) + rest;
    isOption = true;
    return (known === null ? `“${row.name}”` : `"${row.name}": ${known}`) + rest;
  });
  return { text, isOption };
}

/** The value as JSON, or null for a placeholder; and the words behind it that are no value. */
function valueOf({ kind, choices }: OptionRow, value: string | undefined): [json: string | null, rest: string] {
  if (value === undefined) return [null, ''];
  if (PLACEHOLDER.test(value)) return [null, ''];
  const list = (of: string) =>
    `[${of
      .split(',')
      .map((each) => JSON.stringify(each.trim()))
      .join(', ')}]`;
  if (kind === 'map' && value.includes('=')) {
    const at = value.indexOf('=');
    const [, given, stop] = /^(.*?)(\.?)$/.exec(value.slice(at + 1))!;
    return [`{ ${JSON.stringify(value.slice(0, at))}: ${PLACEHOLDER.test(given) ? '…' : given} }`, stop];
  }
  if (value.startsWith('"')) return [kind === 'list' ? list(value.slice(1, -1)) : value, ''];
  if (/^-?\d/.test(value)) return kind === 'integer' || kind === 'number' ? [value, ''] : [null, ` ${value}`];
  const isWord = (word: string) => choices?.includes(word) === true || word === 'generated';
  if (value.split(',').every(isWord)) return [kind === 'choices' ? list(value) : JSON.stringify(value), ''];
  return [null, ` ${value}`];
}

function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
