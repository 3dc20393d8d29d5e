import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { probeProviders } from '../../src/engine/probe';
import type { Objective } from '../../src/objective/objective';
import { openObjective } from '../../src/objective/openObjective';
import type { ProviderChoice } from '../../src/options/options';
import { resolveOptions } from '../../src/options/presets';
import { medianMilliseconds } from './clock';

/** Work on the whole data set, by column. */
const WORK: [name: string, (objective: Objective) => Promise<unknown>, vectors: number][] = [
  ['loss', (o) => o.value(), 1],
  ['plane point', (o) => o.plane(o.theta, null, [{ alpha: 0.01, beta: 0 }]), 1],
  ['gradient', (o) => o.gradient(), 1],
  ['H·v', (o) => o.hvp(vectors(o, 1)), 1],
  ['H·v, 4 at once', (o) => o.hvp(vectors(o, 4)), 4],
  ['G·v', (o) => o.ggnvp(vectors(o, 1)), 1],
];

const { values, positionals } = parseArgs({
  options: { provider: { type: 'string', default: 'cpu' }, seconds: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const fixtures = process.env.RIDGELINE_FIXTURES!;
const found = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'model.onnx')));
const names = positionals.length > 0 ? positionals : found;
const threads = availableParallelism();
const [cpu] = await probeProviders(threads);
console.log(`${cpus()[0].model}, ${threads} threads; matrix product ${cpu.gflops.toFixed(0)} GFLOP/s on the CPU`);
console.log('Milliseconds over the whole data set, per vector, median; in brackets multiples of the loss.\n');
const columns = ['model', 'parameters', 'samples', 'open', ...WORK.map(([name]) => name)];
const widths = [22, 10, 7, 7, ...WORK.map(([name]) => Math.max(16, name.length))];
const line = (cells: string[]) =>
  console.log(cells.map((cell, i) => (i ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join('  '));
line(columns);
for (const name of names) {
  const data = join(fixtures, name, 'data.npz');
  const options = resolveOptions({ data, provider: values.provider as ProviderChoice });
  const start = performance.now();
  const { objective } = await openObjective(join(fixtures, name, 'model.onnx'), options);
  const open = performance.now() - start;
  const times: number[] = [];
  for (const [, work, count] of WORK) {
    times.push((await medianMilliseconds(() => work(objective), Number(values.seconds) * 1000)) / count);
  }
  const shown = times.map((ms) => `${ms.toFixed(2)} (${(ms / times[0]).toFixed(1)})`);
  line([name, String(objective.dim), String(objective.samples), open.toFixed(0), ...shown]);
  await objective.dispose();
}

/** Deterministic and dense; their values do not change the time. */
function vectors({ dim }: Objective, count: number): Float32Array[] {
  return Array.from({ length: count }, (_, k) =>
    Float32Array.from({ length: dim }, (_x, i) => Math.sin(i * (k + 1) + k)),
  );
}
