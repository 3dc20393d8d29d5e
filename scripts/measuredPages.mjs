// The pages of a verification and of the execution providers, in files that a browser opens: for scripts that take
// pictures of them.
import { resolve } from 'node:path';
import { root } from './install.mjs';
import { bundled, editorPage } from './modelPages.mjs';

const MEASURED = '2025-12-01T09:30:00.000Z';

/** The providers of a laptop with a graphics card: those of this machine would make other pictures on each. */
const working = { available: true, isInstallable: false, isUsable: true, bits: 24 };
const missing = { available: false, device: '', isUsable: false, gflops: 0, error: 0, bits: 0 };
const PROVIDERS = {
  chosen: 'webgpu',
  reason: '8.4 times as fast as the CPU, and it agrees with it',
  providers: [
    {
      ...working,
      name: 'webgpu',
      device: 'NVIDIA GeForce RTX 4060 Laptop GPU',
      reason: '8.4 times as fast as the CPU, and it agrees with it',
      gflops: 1210,
      error: 1.2e-6,
    },
    { ...working, name: 'cpu', device: 'CPU, 8 threads', reason: 'slower than WebGPU', gflops: 144, error: 0 },
    { ...missing, name: 'cuda', reason: 'its libraries are not installed', isInstallable: true },
    { ...missing, name: 'dml', reason: 'not part of this package on this platform', isInstallable: false },
    { ...missing, name: 'coreml', reason: 'not part of this package on this platform', isInstallable: false },
  ],
};

/**
 * Writes the page of a measurement into `folder`. The verification is that of the model by the built worker.
 * @param page "verification" or "providers"
 * @returns path of the HTML file, and the script that must run before the page's own
 */
export async function measuredPage(folder, page, model, data) {
  const result = page === 'providers' ? PROVIDERS : await verification(folder, model, data);
  const state = {
    type: 'state',
    page,
    title: page === 'providers' ? '' : 'lenet.onnx',
    path: page === 'providers' ? '' : 'models/lenet.onnx',
    state: { kind: 'idle' },
    dated: JSON.stringify({ result, measured: MEASURED }),
    setting: 'auto',
  };
  return editorPage(folder, 'measured', { ready: [state] });
}

async function verification(folder, model, data) {
  const { EngineClient, Verify } = await bundled(folder);
  const engine = new EngineClient({ script: resolve(root, 'dist/worker.js'), log: () => undefined });
  try {
    const options = { data: resolve(root, data), samples: 256, provider: 'cpu', seed: 0 };
    const { checks } = await engine.request(Verify, { model: resolve(root, model), options });
    return { checks, data: 'models/lenet.npz', fileTime: 0 };
  } finally {
    engine.dispose();
  }
}
