import { inEditorWords, placeInEditorWords } from '../options/editorWords';
import type { Failure } from './worker';

/** Whether a text may name a flag or a command of the terminal. Most texts do not, and are not looked at further. */
const MAY = /--[a-z]|ridgeline [a-z]/;

/** Keys whose values identify something, and are compared or opened: no sentence is among them. */
const IDENTITY = new Set([
  'path',
  'name',
  'layer',
  'node',
  'nodes',
  'file',
  'files',
  'folder',
  'url',
  'model',
  'provenance',
]);

/** Rewrites every sentence in a value, such as a report or an inspection, in the words of the editor. */
export function spokenInEditor<T>(value: T): T {
  return spoken(value) as T;
}

function spoken(value: unknown): unknown {
  if (typeof value === 'string') return MAY.test(value) ? inEditorWords(value) : value;
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    // Most of a report are lists of numbers.
    if (typeof value[0] === 'number') return value;
    const list = value.map(spoken);
    return list.some((item, i) => item !== value[i]) ? list : value;
  }
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, IDENTITY.has(key) ? inner : spoken(inner)] as const,
  );
  // What holds no such sentence stays the same object, so that the page need not draw it again.
  return entries.some(([key, inner]) => inner !== (value as Record<string, unknown>)[key])
    ? Object.fromEntries(entries)
    : value;
}

/** Rewrites a failure in the words of the editor. */
export function failureInEditor(failure: Failure): Failure {
  const { what, where, action } = failure;
  return {
    ...failure,
    what: inEditorWords(what),
    where: where.map((place) => (MAY.test(place) ? placeInEditorWords(place) : place)),
    ...(action === undefined ? {} : { action: inEditorWords(action) }),
  };
}
