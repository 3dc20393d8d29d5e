import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../graph/builder';
import { emit } from '../backend/emit';
import { deviceCount } from './devices';
import { sessionOptions } from './runtime';

test('CUDA has as many devices as its driver lists', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ridgeline-devices-'));
  try {
    for (const device of ['0000:01:00.0', '0000:02:00.0']) mkdirSync(join(folder, device));
    expect([deviceCount('cuda', folder), deviceCount('webgpu', folder)]).toEqual([2, 1]);
    expect(deviceCount('cuda', join(folder, 'none'))).toBe(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a session runs on the device of its lane', () => {
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [1]);
  const graph = emit(g, { x }, { y: g.neg(x) }, new Map());
  const providers = (device?: number) =>
    sessionOptions(graph, { provider: 'cuda', threads: 1, device }).executionProviders;
  expect(providers(1)).toEqual([{ name: 'cuda', deviceId: 1 }, 'cpu']);
  expect(providers()).toEqual([{ name: 'cuda', deviceId: 0 }, 'cpu']);
});
