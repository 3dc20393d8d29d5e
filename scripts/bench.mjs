// Measures kernels, whole answers, pictures and growth, beside a peer if one is given. docs/performance.md shows the results.
//   npm run bench [-- MODEL…] [-- --part kernels,shapes,answers,pictures,growth] [--provider webgpu] [--long] [--peers FOLDER]
import { root } from './install.mjs';
import { runBundled } from './runBundled.mjs';

process.env.RIDGELINE_FIXTURES = `${root}/test/fixtures`;
process.env.RIDGELINE_DOCS = `${root}/docs`;
await runBundled('test/bench/main.ts');
