import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Below a bundle's own folder first, then the built one of the repository that programs and tests run in. */
const FOLDERS = ['.', '../dist', '../../../dist'];

/**
 * The program of a lane, a bundle of its own: `dist/lane.js`. Null where it was not built.
 */
export function laneProgram(): string | null {
  const here = dirname(__filename);
  return FOLDERS.map((folder) => join(here, folder, 'lane.js')).find((path) => existsSync(path)) ?? null;
}
