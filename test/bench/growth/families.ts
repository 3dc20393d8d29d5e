import type { WritableModel } from '../../../src/onnx/write';
import { NetworkWriter } from '../networks/networkWriter';
import { bert } from '../networks/transformer';

/**
 * What is measured at each size of a family:
 * - `product`: one Hessian product with its residuals kept
 * - `build`: differentiating, writing and opening the Hessian product
 * - `lanczos`: 30 Lanczos steps on a diagonal matrix, which is vector work of this repository alone
 * - `slq`: a spectral density without the time inside products, which is again work of this repository alone
 */
export type GrowthWork = 'product' | 'build' | 'lanczos' | 'slq';

export interface GrowthFamily {
  /** What grows. */
  title: string;
  unit: string;
  work: GrowthWork;
  sizes: readonly number[];
  /** Whether the time goes to code of this repository rather than mostly to the runtime. */
  ours: boolean;
  /** The expected exponent, and why. */
  expected: string;
  /** The network at a size; its inputs have `batch` samples. */
  network?: (size: number) => WritableModel;
  /** Probes and steps at a size. */
  density?: (size: number) => { probes: number; steps: number };
}

const SAMPLES = 256;
const SLQ_DIM = 50_000;

export const SLQ_OPERATOR_DIM = SLQ_DIM;

export const FAMILIES: Record<string, GrowthFamily> = {
  parameters: {
    title: 'Hessian product: parameters',
    unit: 'parameters',
    work: 'product',
    // The sizes are widths. Parameters grow with their square.
    sizes: [64, 128, 256, 512, 1024],
    ours: false,
    expected: '1: multiply-adds are parameters × samples',
    network: (width) => mlp({ batch: SAMPLES, width, depth: 4 }),
  },
  samples: {
    title: 'Hessian product: samples',
    unit: 'samples',
    work: 'product',
    sizes: [256, 512, 1024, 2048, 4096],
    ours: false,
    expected: '1',
    network: (batch) => mlp({ batch, width: 128, depth: 4 }),
  },
  tokens: {
    title: 'Hessian product: tokens',
    unit: 'tokens',
    work: 'product',
    sizes: [32, 64, 128, 256, 512],
    ours: false,
    expected: 'from 1 to 2: attention compares each token with each',
    network: (tokens) => bert({ batch: 4, tokens, vocabulary: 100, width: 64, heads: 4, depth: 2, classes: 2 }),
  },
  layers: {
    title: 'Building the Hessian product: layers',
    unit: 'layers',
    work: 'build',
    sizes: [8, 16, 32, 64, 128],
    ours: true,
    expected: '1',
    network: (depth) => mlp({ batch: 8, width: 16, depth }),
  },
  lanczos: {
    title: 'Lanczos vectors: parameters',
    unit: 'parameters',
    work: 'lanczos',
    sizes: [62_500, 125_000, 250_000, 500_000, 1_000_000],
    ours: true,
    expected: '1: each step reads the basis twice, or four times where much cancels',
  },
  probes: {
    title: 'Spectral density: probes',
    unit: 'probes',
    work: 'slq',
    sizes: [1, 2, 4, 8, 16],
    ours: true,
    expected: '1',
    density: (probes) => ({ probes, steps: 30 }),
  },
  steps: {
    title: 'Spectral density: Lanczos steps',
    unit: 'steps',
    work: 'slq',
    sizes: [10, 20, 40, 80, 160],
    ours: true,
    expected: '2: every step is made orthogonal to all before it',
    density: (steps) => ({ probes: 1, steps }),
  },
};

function mlp({ batch, width, depth }: { batch: number; width: number; depth: number }): WritableModel {
  const net = new NetworkWriter(0);
  let x = net.input('x', [batch, width]);
  for (let i = 0; i < depth; i++) x = net.unary('Tanh', net.gemm(`layer${i}`, x, width));
  return net.finish(net.gemm('classifier', x, 10));
}
