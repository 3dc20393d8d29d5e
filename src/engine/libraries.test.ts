import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lackingText, runtimeFolder, unresolved } from './libraries';

const linux = it.runIf(process.platform === 'linux');

describe('runtimeFolder', () => {
  it('holds the binding of this platform', () => {
    expect(existsSync(join(runtimeFolder(), 'onnxruntime_binding.node'))).toBe(true);
  });
});

describe('unresolved', () => {
  const runtime = join(runtimeFolder(), 'libonnxruntime.so.1');

  linux('finds nothing missing for a library that loads', () => {
    expect(unresolved(runtime)).toEqual([]);
  });

  linux('names what the loader does not find', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ridgeline-ldd-'));
    try {
      // The same library, linked with a C++ library of a version that does not exist.
      const bytes = await readFile(runtime);
      const name = Buffer.from('libstdc++.so.6\0');
      const at = bytes.indexOf(name);
      expect(at).toBeGreaterThan(0);
      bytes.write('libstdc++.so.9', at);
      await writeFile(join(folder, 'lib.so'), bytes);
      expect(unresolved(join(folder, 'lib.so'))).toEqual(['libstdc++.so.9']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  linux('reports nothing for a file that is not a library', () => {
    expect(unresolved(__filename)).toEqual([]);
  });
});

describe('lackingText', () => {
  it('names missing libraries with the package that they belong to', () => {
    expect(lackingText(['libcublasLt.so.12', 'libcurand.so.10', 'libcudnn.so.9'])).toBe(
      'libcublasLt.so.12 (CUDA), libcurand.so.10 (CUDA) and libcudnn.so.9 (cuDNN) are not found: install them, or name the folder in LD_LIBRARY_PATH',
    );
    expect(lackingText(['libcuda.so.1'])).toMatch(/^libcuda\.so\.1 \(NVIDIA driver\) is not found: install it/);
  });
});
