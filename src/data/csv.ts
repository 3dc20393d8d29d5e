import Papa from 'papaparse';
import { UserError } from '../errors';
import { counted, formatExactCount } from '../text/counts';
import { chooseHeader } from './csvHeader';
import type { ArraySource } from './dataset';
import { readBytes, sha256 } from './files';
import type { DataRequest } from './match';
import { isMissing } from './missing';
import { tableSource } from './table';
import type { Column } from './columns';

// Papa parses strings, so the file is decoded in pieces that stay far below the longest string JavaScript allows.
const PIECE = 2 ** 24;

/**
 * Opens a text table of numbers. Detects the separator and whether there is a header (`chooseHeader`).
 * @throws UserError naming the line and column of a cell that is missing or cannot be read
 */
export async function openCsv(
  path: string,
  request: DataRequest,
  read?: Uint8Array<ArrayBuffer>,
): Promise<ArraySource> {
  const bytes = read ?? (await readBytes(path));
  const reader = new RowReader(path, request.samples ?? Infinity);
  parseRows(bytes, path, (row) => reader.take(row));
  const columns = reader.columns();
  if (columns.length === 0 || reader.rows === 0) {
    throw new UserError({ what: 'The table has no rows.', where: [path], action: 'Save the data again.' });
  }
  const source = tableSource({ kind: 'CSV', path, columns, rows: reader.rows, sha256: sha256([bytes]) }, request);
  return { ...source, notes: [...reader.notes, ...source.notes] };
}

/** Feeds rows to `take` until it returns false. */
function parseRows(bytes: Uint8Array, path: string, take: (row: string[]) => boolean): void {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let delimiter = '';
  let open = true;
  let left = '';
  for (let at = 0; at < bytes.length && open; at += PIECE) {
    const last = at + PIECE >= bytes.length;
    let text: string;
    try {
      text = left + decoder.decode(bytes.subarray(at, at + PIECE), { stream: !last });
    } catch (cause) {
      throw new UserError(
        { what: 'The file is not UTF-8 text.', where: [path], action: 'Save the table as a UTF-8 CSV file.' },
        { cause },
      );
    }
    // Pieces end at line ends, because a table of numbers has no quoted cells with line breaks.
    const end = last ? text.length : text.lastIndexOf('\n') + 1;
    left = text.slice(end);
    const result = Papa.parse<string[]>(text.slice(0, end), { skipEmptyLines: 'greedy', delimiter });
    // A table of one column has no separator, so a missing delimiter is not an error.
    const fault = result.errors.find((error) => error.type !== 'Delimiter');
    if (fault) {
      throw new UserError({
        what: `The table cannot be read: ${fault.message}.`,
        where: [path],
        action: 'Check the quotes and separators near there.',
      });
    }
    delimiter = result.meta.delimiter;
    for (const row of result.data) {
      open = take(row);
      if (!open) break;
    }
  }
}

/** Number of rows that `chooseHeader` sees to decide whether the first row holds names. */
const LOOKED_AT = 200;

/** Collects rows into columns of numbers and remembers the first cell of each column that is not a number. */
class RowReader {
  rows = 0;
  readonly notes: string[] = [];
  private readonly waiting: string[][] = [];
  private building: ColumnBuilder[] | null = null;

  constructor(
    private readonly path: string,
    private readonly limit: number,
  ) {}

  take(row: string[]): boolean {
    if (this.building) return this.add(row);
    this.waiting.push(row);
    return this.waiting.length < LOOKED_AT || this.begin();
  }

  columns(): Column[] {
    if (!this.building && this.waiting.length > 0) this.begin();
    return (this.building ?? []).map((column) => column.finish());
  }

  private begin(): boolean {
    const [first] = this.waiting;
    const { header, note } = chooseHeader(this.waiting, (cell) => parseCell(cell) !== null);
    if (note) this.notes.push(note);
    const names = header ? first.map((name) => name.trim()) : first.map((_, i) => String(i));
    this.building = names.map((name) => new ColumnBuilder(name, this.path));
    return this.waiting.slice(header ? 1 : 0).every((row) => this.add(row));
  }

  /** @returns whether more rows are needed; beyond the limit they serve only to collect class names */
  private add(row: string[]): boolean {
    const columns = this.building!;
    if (this.rows >= this.limit) {
      for (const [i, column] of columns.entries()) column.see(row[i] ?? '');
      return columns.some(({ isText }) => isText);
    }
    if (row.length !== columns.length) {
      throw new UserError({
        what: `Row ${this.rows + 1} has ${counted(row.length, 'cell')}, the first row has ${formatExactCount(columns.length)}.`,
        where: [this.path],
        action: 'Give every row as many cells as the header.',
      });
    }
    for (let i = 0; i < row.length; i++) columns[i].push(row[i], this.rows);
    this.rows++;
    return this.rows < this.limit || columns.some(({ isText }) => isText);
  }
}

class ColumnBuilder {
  private values = new Float64Array(256);
  private count = 0;
  private text: string[] | null = null;
  private readonly names = new Set<string>();
  private error: UserError | null = null;
  /** Whether a value has occurred in this column. */
  private seen = false;

  constructor(
    private readonly name: string,
    private readonly path: string,
  ) {}

  get isText(): boolean {
    return this.text !== null;
  }

  /** Records the class name in a row beyond the limit, because the class indices depend on all names in the file. */
  see(cell: string): void {
    if (this.text && !isMissing(cell)) this.names.add(cell.trim());
  }

  push(cell: string, row: number): void {
    // A column whose first value is a word is a text column. In a column of numbers, a word is a mistake.
    const begins = this.text === null && !isMissing(cell) && parseCell(cell) === null && !this.seen;
    if (begins) {
      this.error = null;
      this.text = Array.from({ length: row }, () => '');
    }
    if (this.text) {
      this.text.push(cell.trim());
      this.see(cell);
      return;
    }
    if (!isMissing(cell)) this.seen = true;
    if (this.error) return;
    const value = parseCell(cell);
    if (value === null) {
      this.error = this.badCell(cell.trim(), row);
      return;
    }
    if (this.count === this.values.length) {
      const grown = new Float64Array(2 * this.count);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.count++] = value;
  }

  finish(): Column {
    const { name } = this;
    if (this.error) return { name, kind: 'broken', error: this.error };
    if (this.text) return { name, kind: 'text', values: this.text, names: this.names };
    return { name, kind: 'numbers', values: this.values.subarray(0, this.count) };
  }

  private badCell(cell: string, row: number): UserError {
    return new UserError({
      what: isMissing(cell) ? 'A value is missing.' : `«${cell}» is not a number.`,
      where: [`${this.path}, row ${row + 1}, column «${this.name}»`],
      action: 'Fill in or drop such rows; every cell of an input must be a number.',
    });
  }
}

/** Parses a number as CSV writers spell it, including `nan` and `inf`. Returns null for a word or an empty cell. */
function parseCell(cell: string): number | null {
  const text = cell.trim();
  if (text === '') return null;
  const value = Number(text);
  if (!Number.isNaN(value)) return value;
  if (/^[-+]?nan$/i.test(text)) return NaN;
  if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^true$/i.test(text)) return 1;
  return /^false$/i.test(text) ? 0 : null;
}
