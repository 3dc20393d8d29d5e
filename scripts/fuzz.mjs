// Feeds damaged files to every reader and lists those that are neither read nor refused with a message.
//   npm run fuzz -- [COUNT] [--seed N] [--first INDEX] [--only READER] [--children K]
import { runBundled } from './runBundled.mjs';

await runBundled('test/fuzz/main.ts');
