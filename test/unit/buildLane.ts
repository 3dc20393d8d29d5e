import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** The threads that tests start run a bundle: that of this tree. */
export function setup(): void {
  const script = resolve(__dirname, '../../scripts/build.mjs');
  execFileSync(process.execPath, [script, 'dist/lane.js'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
