// Prints how long loss, gradient and Hessian products take on each reference model.
//   npm run bench [-- MODEL…] [-- --provider webgpu]
import { root } from './install.mjs';
import { runBundled } from './runBundled.mjs';

process.env.RIDGELINE_FIXTURES = `${root}/test/fixtures`;
await runBundled('test/bench/main.ts');
