import type { InputWish } from '../options/options';
import { t } from './translate';

/** The result of reading what the user typed for an input: its value, or what is wrong with the text. */
export type WrittenValue = { value: InputWish } | { fault: string };

/**
 * Converts the user's text to the value that the options file stores: a number, true or false, or a list for several
 * values separated by commas. The user writes ∞ as inf. The file stores it as text, since JSON has no such number.
 * @param dtype type of the input, as the model's file names it
 */
export function readValue(text: string, dtype: string): WrittenValue {
  const words = text
    .replace(/^\s*\[|\]\s*$/g, '')
    .split(',')
    .map((word) => word.trim());
  if (words.some((word) => word === '')) return { fault: t('Write a value, or several with commas between.') };
  const values: InputWish[] = [];
  for (const word of words) {
    const value = valueOf(word);
    if (value === null) return { fault: t('«{0}» is not a number. Write {1}.', word, example(dtype)) };
    if (/^u?int/.test(dtype) && typeof value === 'number' && !Number.isInteger(value)) {
      return { fault: t('The input accepts whole numbers only ({0}).', dtype) };
    }
    values.push(value);
  }
  return { value: values.length === 1 ? values[0] : values };
}

/** Describes an example value for an input of this type. */
export function example(dtype: string): string {
  if (dtype === 'bool') return t('true or false');
  return dtype.startsWith('float') || dtype === 'double' ? t('a number such as 0.5') : t('a whole number');
}

function valueOf(word: string): number | boolean | string | null {
  if (/^(?:true|false)$/i.test(word)) return /^true$/i.test(word);
  if (/^[-+]?inf(?:inity)?$/i.test(word)) return word;
  const value = Number(word);
  return Number.isFinite(value) ? value : null;
}
