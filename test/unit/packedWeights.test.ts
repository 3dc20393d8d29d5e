import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verify } from '../../src/analysis/verify';
import type { Tensor } from '../../src/graph/tensor';
import { tensor } from '../../src/graph/tensor';
import { random } from '../../src/numerics/random';
import { openObjective } from '../../src/objective/open/openObjective';
import { resolveOptions } from '../../src/options/presets';
import { modelFile } from './modelFile';
import type { GraphParts } from './sourceGraph';
import { ints, node, weights } from './sourceGraph';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-packed-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Packing {
  bits: number;
  k: number;
  n: number;
  block: number;
  zeros: 'none' | 'packed' | 'floats';
}

/**
 * Packs weights as the operator's specification says. Integers of `bits` bits fill bytes from the lowest bits up. Each
 * column comes in blocks of `block` along K, and the last block is padded. Zero points are packed the same way, and
 * each of their rows ends at a byte. Without zero points, the middle of the range stands for zero.
 * w[k, n] = (q − zero)·scale, in float64.
 */
function packedWeights({ bits, k, n, block, zeros }: Packing) {
  const source = random(1, 'packed');
  const integer = () => Math.floor((source.normal() + 10) * 1e6) % 2 ** bits;
  const blocks = Math.ceil(k / block);
  const q = Array.from({ length: n * blocks * block }, integer);
  const zero = Array.from({ length: n * blocks }, integer);
  const scales = Array.from({ length: n * blocks }, (_, i) => Math.fround(0.4 / 2 ** bits + 0.01 * Math.sin(i)));
  const pack = (numbers: number[], row: number): number[] => {
    const bytes: number[] = [];
    for (let start = 0; start < numbers.length; start += row) {
      let word = 0n;
      numbers.slice(start, start + row).forEach((v, i) => (word |= BigInt(v) << BigInt(bits * i)));
      for (let i = 0; i < Math.ceil((row * bits) / 8); i++) bytes.push(Number((word >> BigInt(8 * i)) & 255n));
    }
    return bytes;
  };
  const zeroOf = (i: number) => (zeros === 'none' ? 2 ** (bits - 1) : zero[i]);
  const reference = Array.from({ length: k * n }, (_, i) => {
    const [row, column] = [Math.floor(i / n), i % n];
    const at = column * blocks + Math.floor(row / block);
    return (q[at * block + (row % block)] - zeroOf(at)) * scales[at];
  });
  const zeroPoints: Record<string, Tensor> = {
    none: tensor('uint8', [0], []),
    packed: tensor('uint8', [n * Math.ceil((blocks * bits) / 8)], pack(zero, blocks)),
    floats: tensor('float32', [n * blocks], zero),
  };
  return {
    reference,
    packed: tensor('uint8', [n, blocks, (block * bits) / 8], pack(q, block)),
    scales: tensor('float32', [n * blocks], scales),
    zeroPoints: zeroPoints[zeros],
  };
}

const samples = 8;

function modelOf(packing: Packing, weightsOf: ReturnType<typeof packedWeights>): GraphParts {
  const { bits, k, n, block, zeros } = packing;
  const zero = zeros === 'none' ? '.' : 'z';
  return {
    nodes: [
      node('Tanh', 'x', 't'),
      node('com.microsoft.MatMulNBits', `t fc.weight_Q4 s ${zero} . bias`, 'h', {
        K: k,
        N: n,
        bits,
        block_size: block,
      }),
      node('Tanh', 'h', 'a'),
      node('MatMul', 'a head', 'y'),
    ],
    initializers: {
      'fc.weight_Q4': weightsOf.packed,
      s: weightsOf.scales,
      ...(zeros === 'none' ? {} : { z: weightsOf.zeroPoints }),
      bias: weights('bias', [n], 0.1),
      head: weights('head', [n, 3]),
    },
    inputs: [{ name: 'x', dtype: 'float32', shape: ['batch', k] }],
    opsets: { '': 17, 'com.microsoft': 1 },
  };
}

const data = (k: number) => ({
  x: weights('x', [samples, k]),
  target: ints(Array.from({ length: samples }, (_, i) => (i * 2) % 3)),
});

describe('MatMulNBits', () => {
  it.each<Packing>([
    { bits: 4, k: 40, n: 5, block: 16, zeros: 'packed' },
    { bits: 4, k: 32, n: 3, block: 32, zeros: 'none' },
    { bits: 4, k: 48, n: 3, block: 16, zeros: 'floats' },
    { bits: 8, k: 40, n: 3, block: 16, zeros: 'packed' },
    { bits: 2, k: 48, n: 3, block: 16, zeros: 'packed' },
  ])('has the weights of its specification, and derivatives: %j', async (packing) => {
    const packed = packedWeights(packing);
    const files = await modelFile(folder, modelOf(packing, packed), data(packing.k));
    const opened = await openObjective(files.model, resolveOptions({ data: files.data, provider: 'cpu' }));
    const { theta, parameters } = opened.objective;
    await opened.objective.dispose();
    const { offset, count } = parameters.find(({ name }) => name === 'fc.weight')!;
    expect([...theta.subarray(offset, offset + count)]).toEqual(packed.reference.map(Math.fround));
    expect(parameters.map(({ name }) => name)).toEqual(['fc.weight', 'bias', 'head']);
    const checks = await verify(files.model, { data: files.data, provider: 'cpu' });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });
});
