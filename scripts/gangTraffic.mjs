// What the network costs a gang of ranks: bytes and seconds per Hessian product between processes of this machine, with
// shards that answer at once, so that nothing but messages and sums is measured. docs/scale.md reads its table.
//   npm run gangTraffic -- [PARAMETERS] [PRODUCTS]
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const [dim = 1_000_000, products = 10] = process.argv.slice(2).map(Number);
const rank = join(root, 'test-artifacts/gangTraffic.js');
await esbuild.build({
  absWorkingDir: root,
  entryPoints: ['test/bench/gang/main.ts'],
  outfile: rank,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  mainFields: ['module', 'main'],
  logLevel: 'error',
});

console.log(`${dim} parameters, ${products} products`);
console.log('ranks  MB through rank 0  seconds  processor seconds of rank 0, per product');
for (const ranks of [1, 2, 4]) {
  const meeting = await mkdtemp(join(tmpdir(), 'ridgeline-traffic-'));
  const processes = Array.from({ length: ranks }, (_, r) =>
    fork(rank, [String(r), String(ranks), meeting, String(dim), String(products)]),
  );
  const found = new Promise((done) => processes[0].on('message', done));
  const ends = processes.map((each) => new Promise((done) => each.on('exit', done)));
  const { bytes, seconds, cpuSeconds } = await found;
  await Promise.all(ends);
  await rm(meeting, { recursive: true, force: true });
  const columns = [
    (bytes / products / 1e6).toFixed(1),
    (seconds / products).toFixed(3),
    (cpuSeconds / products).toFixed(3),
  ];
  console.log(
    [String(ranks).padEnd(5), columns[0].padStart(17), columns[1].padStart(7), columns[2].padStart(10)].join('  '),
  );
}
