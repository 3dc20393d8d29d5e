import { spawn } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../src/report/report';
import type { Outcome } from './commandLine';
import { cli, environmentIn, root, runIn } from './commandLine';

const fixture = (file: string): string => join(root, 'test/fixtures/mlp_digits', file);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-resume-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ridgeline = (...args: string[]): Promise<Outcome> => runIn(folder, cli, ['analyze', ...args]);
const reportIn = (path: string): Report => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Report;

/** These options fix the number of threads, since two caches might otherwise remember different ones. */
const FIXTURE = [
  ...[fixture('model.onnx'), '--data', fixture('data.npz')],
  ...['--provider', 'cpu', '--samples', '300', '--threads', '2'],
];

/** Everything that was measured, with the count of products, but without what differs between two runs. */
function figuresOf({ timings, provenance, ...figures }: Report) {
  const { version, data, seed } = provenance;
  return { ...figures, version, data, seed, products: [timings.hvp!.count, timings.ggnvp!.count] };
}

/** Kills the real process once its journal has grown to the given size. */
async function killedAt(bytes: number, args: readonly string[], cache = '.cache/ridgeline'): Promise<void> {
  const journals = join(folder, cache, 'journals');
  const child = spawn(process.execPath, [cli, 'analyze', ...args], {
    cwd: folder,
    env: environmentIn(folder),
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((done) => child.on('exit', (_code, signal) => done(signal)));
  const size = (name: string) => statSync(join(journals, name), { throwIfNoEntry: false })?.size ?? 0;
  const watch = setInterval(() => {
    const grown = existsSync(journals) && readdirSync(journals).some((name) => size(name) >= bytes);
    if (grown) child.kill('SIGKILL');
  }, 5);
  expect(await ended).toBe('SIGKILL');
  clearInterval(watch);
}

/** 1234 of "1,234" */
const counted = (text = '') => Number(text.replaceAll(',', ''));

describe('an analysis', () => {
  test('whose process was killed resumes and ends with the same report', async () => {
    expect((await ridgeline(...FIXTURE, '--cache', 'elsewhere', '--output', 'whole.json')).code).toBe(0);
    await killedAt(300_000, FIXTURE);
    await killedAt(900_000, FIXTURE);
    const { code, stderr } = await ridgeline(...FIXTURE, '--output', 'continued.json');
    expect(code).toBe(0);
    const [, there, planned] =
      /Continues a run of .*: ([\d,]+) of at most ([\d,]+) products are there/.exec(stderr) ?? [];
    expect(counted(there)).toBeGreaterThan(30);
    expect(counted(there)).toBeLessThan(counted(planned));
    expect(figuresOf(reportIn('continued.json'))).toEqual(figuresOf(reportIn('whole.json')));
  });

  test('whose process was killed on a line along which running statistics move resumes there', async () => {
    const pair = (file: string): string => join(root, 'test/fixtures/landscapes/pair-cnn-bn', file);
    const line = [
      ...[pair('a.onnx'), '--data', pair('data.npz'), '--loss', 'cross_entropy', '--provider', 'cpu', '--threads', '2'],
      ...['--only', 'lines', '--line', `to/${pair('b.onnx')}:0:1:151`],
    ];
    expect((await ridgeline(...line, '--cache', 'beside', '--output', 'line.json')).code).toBe(0);
    const stopped = [...line, '--cache', 'stopped'];
    await killedAt(8_000, stopped, 'stopped');
    const { code, stderr } = await ridgeline(...stopped, '--output', 'continued-line.json');
    expect(code).toBe(0);
    expect(stderr).toContain('Continues a run of');
    const [whole, continued] = [reportIn('line.json'), reportIn('continued-line.json')];
    expect(whole.lines[0].loss).toHaveLength(151);
    expect(whole.warnings.join()).toContain('running statistics of BatchNormalization (4 tensors) move along');
    expect([continued.lines, continued.warnings]).toEqual([whole.lines, whole.warnings]);
  });

  test('that has finished is found again, with the same summary, files and exit code', async () => {
    const { code, stdout, stderr } = await ridgeline(
      ...[...FIXTURE, '--output', 'found.json', '--fail-on', 'sharpness'],
    );
    expect(stderr).toMatch(/^Found the finished report of \d+ \w+ \d{4}, \d\d:\d\d; --fresh measures again\.$/m);
    expect(stdout).toMatch(/● Sharpness/);
    expect(code).toBe(3);
    const { provenance, ...found } = reportIn('found.json');
    const { provenance: before, ...continued } = reportIn('continued.json');
    expect(found).toEqual(continued);
    expect(provenance).toMatchObject({ started: before.started, options: { failOn: ['sharpness'] } });
  });

  test('is measured again if its stored report was changed', async () => {
    const brief = [...FIXTURE, '--only', 'loss', '--cache', 'changed'];
    expect((await ridgeline(...brief, '--output', 'first.json')).code).toBe(0);
    const reports = join(folder, 'changed/reports');
    const kept = join(reports, readdirSync(reports)[0]);
    const report = JSON.parse(readFileSync(kept, 'utf8')) as Report;
    writeFileSync(kept, JSON.stringify({ ...report, objective: { ...report.objective, loss: 7.77 } }));
    const { code, stderr } = await ridgeline(...brief, '--output', 'again.json');
    expect(code).toBe(0);
    expect(stderr).toContain('is not what was written; everything is measured anew.');
    expect(reportIn('again.json').objective!.loss).toBe(reportIn('first.json').objective!.loss);
    expect((await ridgeline(...brief)).stderr).toContain('Found the finished report');
  });

  test('with --fresh replaces the stored report, and neither reads nor writes prepared graphs', async () => {
    const brief = [...FIXTURE, '--only', 'loss,gradient', '--cache', 'renewed', '--output', 'renewed.json'];
    expect((await ridgeline(...brief)).code).toBe(0);
    const before = reportIn('renewed.json');
    rmSync(join(folder, 'renewed/graphs'), { recursive: true, force: true });
    expect((await ridgeline(...brief, '--fresh')).code).toBe(0);
    const fresh = reportIn('renewed.json');
    expect(fresh.provenance.started).not.toBe(before.provenance.started);
    expect(existsSync(join(folder, 'renewed/graphs'))).toBe(false);
    expect((await ridgeline(...brief)).stderr).toContain('Found the finished report');
    expect(reportIn('renewed.json').provenance.started).toBe(fresh.provenance.started);
  });

  test('is measured again on request, and if anything that affects a figure changes', async () => {
    const brief = [...FIXTURE, '--only', 'loss'];
    const finds = async (args: readonly string[], program = cli) => {
      const { code, stderr } = await runIn(folder, program, ['analyze', ...args]);
      expect(code).toBe(0);
      return stderr.includes('Found the finished report');
    };
    expect(await finds(brief)).toBe(false);
    expect(await finds(brief)).toBe(true);
    expect(await finds([...brief, '--preset', 'standard', '--output', 'same.json'])).toBe(true);
    expect(await finds([...brief, '--fresh'])).toBe(false);
    expect(await finds([...brief, '--seed', '1'])).toBe(false);
    expect(await finds([...brief, '--threads', '1'])).toBe(false);

    // Only the contents of the files matter, not where they are.
    copyFileSync(fixture('model.onnx'), join(folder, 'copy.onnx'));
    const copied = ['copy.onnx', ...brief.slice(1)];
    expect(await finds([...copied, '--output', 'copy.json'])).toBe(true);
    expect(reportIn('copy.json').model.path).toBe('copy.onnx');
    // Adds a metadata property, which affects no figure.
    appendFileSync(join(folder, 'copy.onnx'), Buffer.from('7203 0a0161'.replace(' ', ''), 'hex'));
    expect(await finds(copied)).toBe(false);

    const rebuilt = cli.replace(/\.js$/, '.rebuilt.js');
    copyFileSync(cli, rebuilt);
    appendFileSync(rebuilt, '\n// built anew\n');
    expect(await finds(brief, rebuilt)).toBe(false);
  });

  test('refuses a requested cache folder that is unusable, but runs without an unusable default one', async () => {
    const file = fixture('data.npz');
    const asked = await ridgeline(...FIXTURE, '--only', 'loss', '--cache', file);
    expect([asked.code, asked.stdout]).toEqual([2, '']);
    expect(asked.stderr).toMatch(/The cache folder cannot be used: E\w+\.\n {2}at .*\n {2}→ Choose another folder/);
    copyFileSync(file, join(folder, 'occupied'));
    const unasked = await new Promise<string>((done) => {
      const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'occupied') };
      const child = spawn(process.execPath, [cli, 'analyze', ...FIXTURE, '--only', 'loss'], { cwd: folder, env });
      let stderr = '';
      child.stderr.on('data', (text: Buffer) => (stderr += text.toString()));
      child.on('close', (code) => done(`${code} ${stderr}`));
    });
    expect(unasked).toMatch(/^0 [\s\S]*Nothing of this run is kept: .*occupied.* cannot be used \(E\w+\)\./);
  });
});
