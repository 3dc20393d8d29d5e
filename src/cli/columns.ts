import { shown } from '../foreignText';

/** Rows as aligned text; numbers of the columns named in `right` end at the same place. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const clean = rows.map((row) => row.map((cell) => shown(cell)));
  // Not Math.max over all of them at once: a model may have more rows than a call takes arguments.
  const widths = (rows[0] ?? []).map((_, i) => clean.reduce((widest, row) => Math.max(widest, row[i].length), 0));
  return clean.map((row) =>
    row
      .map((cell, i) => {
        if (right.includes(i)) return cell.padStart(widths[i]);
        return i === row.length - 1 ? cell : cell.padEnd(widths[i]);
      })
      .join('  ')
      .trimEnd(),
  );
}
