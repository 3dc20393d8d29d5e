import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { GraphBuilder } from '../graph/builder';
import type { Tensor } from '../graph/tensor';
import { Engine } from './engine';

const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ridgeline-profile-'));

test('the runtime’s profile is traced back to nodes of the model, and its files are removed', async () => {
  const before = folders();
  const engine = new Engine({ provider: 'cpu', threads: 1, profile: true });
  const g = new GraphBuilder();
  const x = g.input('x', 'float32', [64, 64]);
  const y = g.from('/head/Tanh', () => g.tanh(g.from('/body/MatMul', () => g.matmul(x, g.transpose(x, [1, 0])))));
  const program = await engine.compile(g, { inputs: { x }, outputs: { y }, constants: new Map() });
  const feed: Tensor = { dtype: 'float32', shape: [64, 64], data: new Float32Array(64 * 64).fill(0.1) };
  for (let i = 0; i < 3; i++) await program.run({ x: feed });
  const profile = (await engine.profile())!;
  expect(profile.runs).toBe(3);
  const named = (entries: typeof profile.nodes, name: string) => entries.find((entry) => entry.name === name);
  expect(named(profile.operators, 'Tanh')).toMatchObject({ calls: 3 });
  expect(named(profile.nodes, '/head/Tanh')).toMatchObject({ calls: 3 });
  expect(named(profile.nodes, '/body/MatMul')!.calls).toBeGreaterThanOrEqual(3);
  const sum = profile.nodes.reduce((total, { seconds }) => total + seconds, 0);
  expect(sum).toBeCloseTo(profile.seconds, 6);

  // The program goes on, and what is closed is not counted again.
  await program.run({ x: feed });
  expect((await engine.profile())!.runs).toBe(3);
  await engine.dispose();
  expect(folders()).toEqual(before);
});

test('an engine without profiling returns no profile', async () => {
  expect(await new Engine({ provider: 'cpu', threads: 1 }).profile()).toBeNull();
});
