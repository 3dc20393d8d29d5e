// Feeds damaged files to every reader and tells which end otherwise than read or refused with a message.
//   npm run fuzz -- [COUNT] [--seed N] [--first INDEX] [--only READER] [--children K]
import { runBundled } from './runBundled.mjs';

await runBundled('test/fuzz/main.ts');
