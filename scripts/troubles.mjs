// Compares the verdicts on models with known difficulties with what is known.
import { runBundled } from './runBundled.mjs';

await runBundled('test/troubles/main.ts');
