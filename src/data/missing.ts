/**
 * Cells that stand for a missing value, as in pandas.
 * @see https://pandas.pydata.org/docs/reference/api/pandas.read_csv.html (na_values)
 */
const MISSING = new Set(
  [
    '',
    '#N/A',
    '#N/A N/A',
    '#NA',
    '-1.#IND',
    '-1.#QNAN',
    '-NaN',
    '-nan',
    '1.#IND',
    '1.#QNAN',
    '<NA>',
    'N/A',
    'NA',
  ].concat(['NULL', 'NaN', 'None', 'n/a', 'nan', 'null']),
);

/** Whether a cell stands for a missing value. */
export function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim());
}
