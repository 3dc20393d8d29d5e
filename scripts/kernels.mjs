// Compiles the vector kernels: src/numerics/columns/kernels.as → kernels.wasm.ts. This needs the npm registry, so it is
// run by hand when the source changes; a test fails if that was forgotten.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from './install.mjs';

const folder = resolve(root, 'src/numerics/columns');
const source = readFileSync(join(folder, 'kernels.as'), 'utf8');
const work = mkdtempSync(join(tmpdir(), 'kernels-'));
try {
  writeFileSync(join(work, 'kernels.ts'), source);
  const flags = ['-O3', '--runtime', 'stub', '--enable', 'simd', '--importMemory', '--noAssert'];
  const compiler = ['--yes', '-p', 'assemblyscript@0.28.20', 'asc'];
  execFileSync('npx', [...compiler, 'kernels.ts', ...flags, '-o', 'kernels.wasm'], { cwd: work, stdio: 'inherit' });
  const wasm = readFileSync(join(work, 'kernels.wasm')).toString('base64');
  const lines = [
    '// Compiled from kernels.as by `npm run generate:kernels`.',
    '',
    '/** SHA-256 of the source. */',
    `export const KERNELS_SOURCE = '${createHash('sha256').update(source).digest('hex')}';`,
    '',
    '/** A WebAssembly module, in base64. */',
    'export const KERNELS_WASM =',
    `  '${wasm}';`,
    '',
  ];
  writeFileSync(join(folder, 'kernels.wasm.ts'), lines.join('\n'));
} finally {
  rmSync(work, { recursive: true });
}
