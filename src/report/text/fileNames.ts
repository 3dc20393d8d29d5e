/** The last part of each path of a file, with as many folders as distinguish them from one another. */
export function fileNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[\\/]/));
  const most = Math.max(1, ...parts.map((part) => part.length));
  for (let kept = 1; kept < most; kept++) {
    const names = parts.map((part) => part.slice(-kept).join('/'));
    if (new Set(names).size === names.length) return names;
  }
  return [...paths];
}
