import { basename } from 'node:path';
import { shown } from '../foreignText';

/** Returns the name of a file as titles and lists show it. */
export function shownName(path: string): string {
  return shown(basename(path));
}
