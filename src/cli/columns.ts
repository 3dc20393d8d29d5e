import { shown } from '../foreignText';

/** Aligns rows of text in columns. Columns listed in `right` are right-aligned. The last column is not padded. */
export function columns(rows: readonly (readonly string[])[], right: readonly number[] = []): string[] {
  const clean = rows.map((row) => row.map((cell) => shown(cell)));
  // A model may have more rows than a call takes arguments, so Math.max cannot take all widths at once.
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
