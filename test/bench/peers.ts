import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchSettings } from './settings';

/** Milliseconds that the peer takes for the same work over the whole data in one batch. */
export type PeerKernels = Record<'loss' | 'plane' | 'gradient' | 'hvp' | 'hvp full' | 'ggnvp', number>;

/** Times in seconds, with a gradient graph that is already retained. */
export interface PeerAnswers {
  top5: number;
  products: number;
  error: number;
  slq: number;
  /** Time for 2,601 points. */
  plane: number;
}

const KERNELS = ['loss', 'plane', 'gradient', 'hvp full', 'hvp', 'ggnvp'] as const;

/** Measures the peer's kernels on a fixture; null where the peer does not know the network. */
export async function peerKernels(name: string, settings: BenchSettings): Promise<PeerKernels | null> {
  const line = await lineOf('bench_torch.py', name, settings);
  return line === null ? null : readPeerKernels(line);
}

export async function peerAnswers(name: string, settings: BenchSettings): Promise<PeerAnswers | null> {
  const line = await lineOf('answers_torch.py', name, settings);
  return line === null ? null : readPeerAnswers(line);
}

/** Reads a line such as "mlp_digits parameters 1234 loss 0.45 plane 0.61 …". */
export function readPeerKernels(line: string): PeerKernels | null {
  const figures = KERNELS.map((kernel) => {
    const text = new RegExp(`(?:^|\\s)${kernel}\\s+([\\d.]+)`).exec(line)?.[1];
    return [kernel, Number(text)] as const;
  });
  return figures.some(([, value]) => Number.isNaN(value)) ? null : (Object.fromEntries(figures) as PeerKernels);
}

/**
 * Reads a line such as
 * "… top 5: 1.25 s, 93 products, error 1.2e-04   SLQ 10 x 100: 9.80 s   plane: 1.20 ms a point, 3.1 s for 51 x 51".
 */
export function readPeerAnswers(line: string): PeerAnswers | null {
  const top = /top 5:\s+([\d.]+) s,\s+(\d+) products, error (\S+)/.exec(line);
  const slq = /SLQ 10 x 100:\s+([\d.]+) s/.exec(line);
  const plane = /a point,\s+([\d.]+) s for/.exec(line);
  if (!top || !slq || !plane) return null;
  return {
    top5: Number(top[1]),
    products: Number(top[2]),
    error: Number(top[3]),
    slq: Number(slq[1]),
    plane: Number(plane[1]),
  };
}

/** The line that a script of the peers' folder prints about a network; null where it fails or prints nothing. */
function lineOf(script: string, name: string, { peers, python, threads }: BenchSettings): Promise<string | null> {
  if (peers === null || !existsSync(join(peers, script))) return Promise.resolve(null);
  return new Promise((resolve) => {
    const env = { ...process.env, ...(threads ? { THREADS: String(threads) } : {}) };
    // With -B, Python writes no bytecode files beside the scripts.
    const child = spawn(python, ['-B', script, name], { cwd: peers, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data) => (out += String(data)));
    child.stderr.on('data', (data) => (err += String(data)));
    child.on('error', (fault) => {
      process.stderr.write(`${python}: ${fault.message}\n`);
      resolve(null);
    });
    child.on('exit', (code) => {
      const unknown = err.includes('KeyError');
      if (code !== 0 && !unknown) process.stderr.write(`${script} ${name}: ${err.trim().split('\n').at(-1)}\n`);
      resolve(out.split('\n').find((line) => line.startsWith(name)) ?? null);
    });
  });
}
