// Checks the derivatives of whole networks with seeded random weights against central differences.
//   node scripts/zoo.mjs FOLDER [NAME...]
import { runBundled } from './runBundled.mjs';

await runBundled('test/zoo/main.ts');
