// Writes the bundled samples, media/samples/NAME/, anew. The same program writes the same bytes.
import { resolve } from 'node:path';
import { root } from './install.mjs';
import { runBundled } from './runBundled.mjs';

await runBundled('test/samples/main.ts', { args: [resolve(root, 'media/samples')] });
