import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Looks in the folder of the bundle first, then in the built folder of the repository, for programs and tests. */
const FOLDERS = ['.', '../dist', '../../../dist'];

/**
 * The program of a lane, which is a separate bundle: `dist/lane.js`. Null if it was not built.
 */
export function laneProgram(): string | null {
  const here = dirname(__filename);
  return FOLDERS.map((folder) => join(here, folder, 'lane.js')).find((path) => existsSync(path)) ?? null;
}
