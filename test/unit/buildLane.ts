import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** Bundles the program of the threads that tests start, so that they run the present sources. */
export function setup(): void {
  const script = resolve(__dirname, '../../scripts/build.mjs');
  execFileSync(process.execPath, [script, 'dist/lane.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
