import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { npyFile, npzFile } from '../../src/data/testing/npyFile';
import { tensor } from '../../src/graph/tensor';
import type { Report } from '../../src/report/report';
import type { Outcome } from './commandLine';
import { cli, environmentIn, root, runIn } from './commandLine';

const fixture = (name: string): string => join(root, 'test/fixtures', name, 'model.onnx');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-cli-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function ridgeline(...args: string[]): Promise<Outcome> {
  return runIn(folder, cli, args);
}

async function report(path: string): Promise<Report> {
  return JSON.parse(await readFile(join(folder, path), 'utf8')) as Report;
}

test('help lists the commands and every option', async () => {
  const general = await ridgeline('--help');
  expect(general.code).toBe(0);
  for (const command of ['analyze', 'inspect', 'verify', 'providers']) expect(general.stdout).toContain(command);
  const { stdout } = await ridgeline('analyze', '--help');
  const flags =
    'data input target loss samples batch provider seed preset only parameters weight-decay line plane top bottom lanczos-steps probes threads output html fail-on quiet cache fresh';
  expect(flags.split(' ').filter((flag) => !stdout.includes(`--${flag}`))).toEqual([]);
});

describe('wrong input exits with 2 and a message that says what, where and what to do', () => {
  const model = fixture('linear_saddle');
  test.each([
    [['analyse', 'x'], "Unknown command 'analyse'", 'Did you mean analyze?'],
    [['analyze'], "Missing required argument 'model'", 'See ridgeline analyze --help'],
    [['analyze', model, '--lanczos', '3'], "Unknown option '--lanczos'", '--help'],
    [['analyze', model, '--loss', 'crossentropy'], '«loss» cannot be «crossentropy»', 'Did you mean «cross_entropy»?'],
    [['analyze', model, '--samples', 'many'], '«samples» must be a whole number', 'at --samples'],
    [['analyze', model, '--input', 'x'], 'Cannot read «x»', 'Write --input NAME=KEY'],
    [['analyze', model, '--plane', 'random'], 'A plane needs two directions', 'for example random,random:-1:1:25'],
    [['analyze', model, '--fail-on', 'sadle'], '«failOn» cannot be «sadle»', 'Did you mean «saddle»?'],
    [['analyze', model, '--output', '.'], 'This is a folder', 'report.json'],
    [['analyze', 'nowhere.onnx', '--data', 'x.npz'], 'model file does not exist', 'nowhere.onnx'],
    [['analyze', model, '--data', 'nowhere.npz'], 'file or folder does not exist', 'nowhere.npz'],
    [['inspect', 'nowhere.onnx'], 'model file does not exist', 'nowhere.onnx'],
    [['providers', '--install', 'webgpu'], "argument 'webgpu' is invalid. Allowed choices are cuda", '--help'],
    [['providers', '--install', 'cuda', '--remove', 'cuda'], "cannot be used with option '--remove", '--help'],
  ])('%j', async (args, what, action) => {
    const { code, stdout, stderr } = await ridgeline(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(what);
    expect(stderr).toContain(action);
    expect(stderr).not.toMatch(/\n\s+at .*\.js:\d+/);
  });

  test('a text file renamed to .onnx', async () => {
    await writeFile(join(folder, 'notes.onnx'), 'These are my notes.\n');
    const { code, stderr } = await ridgeline('analyze', 'notes.onnx', '--data', 'generated');
    expect(code).toBe(2);
    expect(stderr).toMatch(/\n {2}at notes\.onnx\n {2}→ /);
  });

  test('data of the wrong shape, and targets out of range', async () => {
    await writeFile(join(folder, 'flat.npy'), npyFile(tensor('float32', [2, 63], Array<number>(126).fill(0))));
    const shape = await ridgeline('analyze', fixture('mlp_digits'), '--data', 'flat.npy');
    expect(shape.code).toBe(2);
    expect(shape.stderr).toContain(
      "flat [2, 63] float32 does not fit the model's input «input», which expects [?, 64]",
    );

    const input = tensor('float32', [2, 64], Array<number>(128).fill(0));
    await writeFile(join(folder, 'ten.npz'), npzFile({ input, target: tensor('int64', [2], [3, 10]) }));
    const range = await ridgeline('analyze', fixture('mlp_digits'), '--data', 'ten.npz', '--loss', 'cross_entropy');
    expect(range.code).toBe(2);
    expect(range.stderr).toContain('The target of sample 1 is 10, but the model distinguishes 10 classes (0 to 9)');
  });

  test('a model without data', async () => {
    await copyFile(fixture('linear_saddle'), join(folder, 'alone.onnx'));
    const { code, stderr } = await ridgeline('analyze', 'alone.onnx');
    expect(code).toBe(2);
    expect(stderr).toContain('--data FILE (or in alone.landscape.json)');
  });
});

describe('an analysis', () => {
  const quick = ['--preset', 'quick', '--provider', 'cpu'];

  test('finds the data, writes the report and prints only the summary on stdout', async () => {
    const args = ['analyze', fixture('linear_saddle'), ...quick, '--only', 'loss,gradient', '--only', 'spectrum'];
    const { code, stdout, stderr } = await ridgeline(...args, '--output', 'out/report.json');
    expect(code).toBe(0);
    expect(stdout).toMatch(/● Saddle point present/);
    expect(stdout).toContain(`written         ${join('out', 'report.json')}`);
    expect(stdout).not.toContain('\x1b[');
    expect(stderr).toContain('data.npz: 500 samples');
    expect(stderr).toMatch(/^ +\d+ % {2}\w+/m);
    const written = await report('out/report.json');
    expect(written).toMatchObject({
      complete: true,
      objective: { function: 'mse', samples: 500 },
      lines: [],
      planes: [],
    });
  });

  test('exits with 3 if a verdict that it was told to fail on is present, and can be silent', async () => {
    const args = ['analyze', fixture('linear_saddle'), ...quick, '--only', 'loss,gradient,spectrum', '--quiet'];
    const failed = await ridgeline(...args, '--fail-on', 'minimum,saddle');
    expect([failed.code, failed.stdout]).toEqual([3, '']);
    expect(failed.stderr).toContain('Verdicts of --fail-on that are present: saddle.');
    const passed = await ridgeline(...args, '--fail-on', 'minimum');
    expect([passed.code, passed.stdout]).toEqual([0, '']);
  });

  test('reads the sidecar, but flags take precedence', async () => {
    await copyFile(fixture('linear_saddle'), join(folder, 'model.onnx'));
    await copyFile(join(root, 'test/fixtures/linear_saddle/data.npz'), join(folder, 'numbers.npz'));
    const sidecar = {
      data: 'numbers.npz',
      loss: 'mae',
      samples: 50,
      only: ['loss'],
      provider: 'cpu',
    };
    await writeFile(join(folder, 'model.landscape.json'), JSON.stringify(sidecar));
    expect((await ridgeline('analyze', 'model.onnx', '--samples', '20', '--output', 'report.json')).code).toBe(0);
    expect((await report('report.json')).objective).toMatchObject({ function: 'mae', samples: 20 });
  });

  test('stopped by Ctrl-C keeps what was measured', async () => {
    const args = [
      'analyze',
      fixture('plain_fashion'),
      '--preset',
      'thorough',
      '--provider',
      'cpu',
      '--output',
      'partial.json',
    ];
    const env = environmentIn(folder);
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    let sent = false;
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      // At this stage the loss has been measured and many minutes of work are left.
      if (sent || !/% {2}(?:First picture|Lines|Hessian spectrum)/.test(stderr)) return;
      sent = true;
      child.kill('SIGINT');
    });
    const code = await new Promise((done) => child.on('close', done));
    expect(stderr).toContain('Cancelled. partial.json contains what was measured.');
    expect(code).toBe(130);
    const partial = await report('partial.json');
    expect(partial.complete).toBe(false);
    expect(partial.objective!.loss).toBeCloseTo(0.44706743, 6);
  });
});

test('inspect describes the model without data', async () => {
  const { code, stdout } = await ridgeline('inspect', fixture('lenet_fashion'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/61,706 parameters/);
  expect(stdout).toMatch(/c1\.weight +\[6, 1, 5, 5\] +150/);
  expect(stdout).toMatch(/Conv +2 +differentiable/);
});

test('inspect estimates the memory of an analysis under a given budget', async () => {
  const told = async (gib: string) => {
    const { code, stdout } = await ridgeline('inspect', fixture('lenet_fashion'), '--memory', gib);
    expect(code).toBe(0);
    return /for each batch of ([\d,]+) samples/.exec(stdout)![1];
  };
  expect(Number((await told('0.4')).replace(',', ''))).toBeLessThan(Number((await told('4')).replace(',', '')));
});

test('verify passes on a good model', async () => {
  const { code, stdout } = await ridgeline(
    'verify',
    fixture('mlp_digits'),
    '--provider',
    'cpu',
    '--samples',
    '200',
    '--quiet',
  );
  expect(stdout).toMatch(/^ok +/m);
  expect(stdout).not.toContain('FAILED');
  expect(code).toBe(0);
});
