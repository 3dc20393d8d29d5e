import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { npzFile } from '../../src/data/testing/npyFile';
import { tensor } from '../../src/graph/tensor';
import { INT64, node, onnxBytes, port, weights } from '../unit/onnxBytes';
import type { Outcome } from './commandLine';
import { cli, runIn } from './commandLine';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-bad-input-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Parts of a classifier from two numbers to three classes. */
interface Parts {
  w?: number[];
  nodes?: ReturnType<typeof node>[];
  initializers?: ReturnType<typeof weights>[];
  opset?: bigint;
}

const LINEAR = node('Gemm', ['x', 'w', 'b'], ['y'], { name: '/head/Gemm' });

function classifier({ w = [1, 0, 0, 1, 1, 1], nodes = [LINEAR], initializers = [], opset = 17n }: Parts = {}) {
  return onnxBytes(
    {
      name: 'classifier',
      node: nodes,
      initializer: [weights('w', [2, 3], w), weights('b', [3], [0, 0, 0]), ...initializers],
      input: [port('x')],
      output: [port('y', ['batch', 3])],
    },
    { opsetImport: [{ domain: '', version: opset }] },
  );
}

/** An int64 initializer. */
function int64(name: string, list: bigint[]) {
  return weights(name, [list.length], [], {
    dataType: INT64,
    rawData: new Uint8Array(BigInt64Array.from(list).buffer),
  });
}

const inputs = tensor('float32', [4, 2], [0, 1, 1, 0, 1, 1, 0, 0]);
const labels = tensor('int64', [4], [0, 1, 2, 0]);

/** Runs the command line on good files, except for those that a test replaces. */
async function ridgeline(args: string, files: Record<string, Uint8Array | string> = {}): Promise<Outcome> {
  const all = { 'model.onnx': classifier(), 'data.npz': npzFile({ x: inputs, target: labels }), ...files };
  for (const [name, content] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const [command, ...rest] = args.split(' ');
  const quick = command === 'inspect' ? [] : ['--provider', 'cpu', '--threads', '1', '--data', 'data.npz'];
  return runIn(folder, cli, [command!, ...quick, ...rest]);
}

/** Expects a message that says what, where and what to do, with nothing on stdout, no stack and exit code 2. */
function expectRefusal({ code, stdout, stderr }: Outcome, what: string, where: string, action: string): void {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^ *\d+ % {2}/.test(line));
  expect(lines[0]).toContain(what);
  expect(lines.slice(1, -1).every((line) => line.startsWith('  at '))).toBe(true);
  expect(lines.slice(1, -1).join('\n')).toContain(where);
  expect(lines.at(-1)).toMatch(/^ {2}→ \S/);
  expect(lines.at(-1)).toContain(action);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

test('the files that the other tests replace are good', async () => {
  const { code, stdout } = await ridgeline('analyze model.onnx --only loss');
  expect(stdout).toMatch(/^loss +\d/m);
  expect(code).toBe(0);
});

describe('a model file that is', () => {
  const good = classifier();
  test.each([
    ['cut short', { 'bad.onnx': good.subarray(0, good.length / 2) }, 'damaged or truncated', 'export the model again'],
    ['empty', { 'bad.onnx': '' }, 'The model file is empty', 'export the model again'],
    ['a folder', { 'bad.onnx/readme.txt': '' }, 'This is a folder', 'Choose the .onnx file in it'],
    ['its own data', { 'bad.onnx': npzFile({ x: inputs }) }, 'NumPy archive', 'give this file as data'],
    ['too old', { 'bad.onnx': classifier({ opset: 6n }) }, 'version 6 of the standard operator set', 'convert_version'],
  ])('%s is refused by every command', async (_, files, what, action) => {
    for (const command of ['analyze bad.onnx', 'verify bad.onnx', 'inspect bad.onnx']) {
      expectRefusal(await ridgeline(command, files), what, 'bad.onnx', action);
    }
  });
});

describe('weights', () => {
  test('that are NaN or infinite are all named', async () => {
    const broken = classifier({ w: [1, 0, NaN, 0, 1, 1], initializers: [weights('late', [3], [0, Infinity, 0])] });
    const outcome = await ridgeline('analyze model.onnx', { 'model.onnx': broken });
    expectRefusal(outcome, '2 weight tensors hold numbers that are not finite', '«w»: element 2 is NaN', 'checkpoint');
    expect(outcome.stderr).toContain('«late»: element 1 is ∞');
  });

  test('so large that the loss overflows are refused', async () => {
    const huge = { 'model.onnx': classifier({ w: [3e38, 3e38, 3e38, 3e38, 3e38, -3e38] }) };
    const { code, stdout } = await ridgeline('analyze model.onnx --fail-on numerical-trouble', huge);
    const words = stdout.replace(/\s+/g, ' ');
    expect(words).toContain('● Numerical trouble present');
    expect(words).toMatch(/Gemm "\/head\/Gemm" overflows: .* for sample 2, fed by parameter «w»/);
    expect(words).toContain('training has diverged');
    expect(words).toContain('! The loss of sample 2 is not finite: MatMul of node "/head/Gemm" overflows');
    expect(stdout).toMatch(/^loss +(NaN|∞|−∞)/m);
    expect(code).toBe(3);
    // The derivatives do not exist.
    expectRefusal(
      await ridgeline('verify model.onnx', huge),
      'The loss of sample 2 is not finite: MatMul of node "/head/Gemm" overflows',
      'loss',
      'training has diverged',
    );
  });

  test('in a missing file are refused', async () => {
    const external = {
      dataLocation: 1,
      externalData: [{ key: 'location', value: 'w.bin' }],
      rawData: new Uint8Array(),
    };
    const graph = { 'model.onnx': classifier({ initializers: [weights('late', [3], [], external)] }) };
    expectRefusal(
      await ridgeline('inspect model.onnx', graph),
      '"w.bin"',
      'w.bin',
      'Put it into the folder of the model',
    );
  });

  test('are refused if no pattern chooses any', async () => {
    expectRefusal(
      await ridgeline('analyze model.onnx --parameters conv*'),
      'No parameter matches conv*',
      'model',
      'w, b',
    );
  });
});

describe('an operator', () => {
  test('with incompatible operands is named, and the message blames the model', async () => {
    const nodes = [{ ...LINEAR, output: ['z'] }, node('Add', ['z', 'five'], ['y'], { name: '/head/Add' })];
    const model = { 'model.onnx': classifier({ nodes, initializers: [weights('five', [5], [1, 2, 3, 4, 5])] }) };
    expectRefusal(await ridgeline('analyze model.onnx', model), '[5]', 'Add "/head/Add"', 'Export');
    const { code, stdout } = await ridgeline('inspect model.onnx', model);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Cannot be measured as it is\n.*\[5\].*Add "\/head\/Add".*Export/);
    expect(stdout).toMatch(/Parameters\n +w /);
  });

  test('that is unknown is named with its node', async () => {
    const nodes = [LINEAR, node('Wizardry', ['z'], ['y'], { name: '/head/Wizardry', domain: 'com.acme' })];
    nodes[0] = { ...LINEAR, output: ['z'] };
    const model = { 'model.onnx': classifier({ nodes }) };
    const refused = await ridgeline('analyze model.onnx', model);
    expectRefusal(refused, 'com.acme.Wizardry', '"/head/Wizardry"', 'without this operator');
    const { code, stdout } = await ridgeline('inspect model.onnx', model);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /Cannot be measured as it is\n.*com\.acme\.Wizardry.*"\/head\/Wizardry".*without this operator/,
    );
    expect(stdout).toMatch(/com\.acme\.Wizardry +1 +no derivative/);
  });

  // The runtime inverts matrices, but no derivative rule exists for that.
  test('without a derivative is named: losses are drawn and derivatives are refused', async () => {
    const nodes = [
      { ...LINEAR, output: ['z'] },
      node('Gemm', ['x', 'v', 'one'], ['entries']),
      node('Reshape', ['entries', 'square'], ['matrices']),
      node('Inverse', ['matrices'], ['inverses'], { name: '/head/Inverse', domain: 'com.microsoft' }),
      node('ReduceSum', ['inverses', 'entriesOf'], ['sums']),
      node('Reshape', ['sums', 'column'], ['factor']),
      node('Mul', ['z', 'factor'], ['y']),
    ];
    const initializers = [
      weights('v', [2, 4], [1, 0, 0, 1, 1, 1, 0, 1]),
      weights('one', [4], [1, 0, 0, 1]),
      int64('square', [-1n, 2n, 2n]),
      int64('entriesOf', [1n, 2n]),
      int64('column', [-1n, 1n]),
    ];
    const model = { 'model.onnx': classifier({ nodes, initializers }) };
    const drawn = await ridgeline('analyze model.onnx --only loss,gradient,lines', model);
    expect(drawn.stdout).toContain('No derivative for');
    expect(drawn.code).toBe(0);
    const checked = await ridgeline('verify model.onnx', model);
    expectRefusal(checked, 'no derivatives to verify', '/head/Inverse', 'ridgeline inspect');
  });
});

describe('data that', () => {
  const x = (values: number[], shape = [4, 2]) => tensor('float32', shape, values);
  const npz = npzFile({ x: inputs, target: labels });
  const zeros = [0, 0, 0, 0, 0, 0, 0, 0];
  test.each([
    ['are damaged', npz.subarray(0, npz.length / 2), '', 'The .npz archive is damaged', 'Copy or save the file again'],
    ['are text', 'my notes', '', 'This is not an .npz archive', 'numpy.savez'],
    ['hold NaN', npzFile({ x: x([0, 0, NaN, ...zeros.slice(3)]), target: labels }), '', 'NaN', ''],
    [
      'have different numbers of samples',
      npzFile({ x: x([0, 0], [1, 2]), target: labels }),
      '',
      'different numbers of samples',
      'same',
    ],
    ['have no samples', npzFile({ x: x([], [0, 2]), target: tensor('int64', [0], []) }), '', 'no samples', ''],
    ['have no targets', npzFile({ x: inputs }), '--loss cross_entropy', 'the data have none', '--target KEY'],
    ['have no such target', npz, '--target nope', 'nothing called «nope»', 'They contain x [4, 2] float32; target'],
    ['have no probabilities', npz, '--loss bce', 'targets have shape [4]', 'class indices'],
  ])('%s', async (_, content, option, what, action) => {
    const outcome = await ridgeline(`analyze model.onnx --data bad.npz ${option}`.trim(), { 'bad.npz': content });
    expectRefusal(outcome, what, 'bad.npz', action);
  });

  test('are given for an input that the model does not have', async () => {
    const outcome = await ridgeline('analyze model.onnx --input image=x');
    expectRefusal(outcome, 'The model has no input «image»', '', 'Its inputs are «x»');
  });

  test.each([
    ['are of another shape', x([...zeros, ...zeros], [4, 4]), labels, 'does not fit', ''],
    ['have another number of targets', inputs, tensor('int64', [3], [0, 1, 0]), 'different numbers of samples', ''],
    ['have no targets', inputs, null, 'the data have none', '--target KEY'],
    [
      'have targets of another form',
      inputs,
      x([0.5, 0.5, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 3]),
      'the form',
      '--target KEY',
    ],
  ])('are test data and %s', async (_, samples, target, what, action) => {
    const content = npzFile({ x: samples, ...(target ? { target } : {}) });
    const outcome = await ridgeline('analyze model.onnx --loss cross_entropy --test-data test.npz', {
      'test.npz': content,
    });
    expectRefusal(outcome, what, 'test.npz', action);
  });

  test('are test data, but missing or drawn at random', async () => {
    expectRefusal(await ridgeline('analyze model.onnx --test-data nowhere.npz'), '', 'nowhere.npz', '');
    const drawn = await ridgeline('analyze model.onnx --test-data generated');
    expectRefusal(drawn, 'neither can be generated', 'test data generated', '--test-data FILE');
  });
});

describe('options that', () => {
  test.each([
    [
      'are out of bounds',
      '--samples 0',
      '«samples» must be a whole number from 1 up, not 0',
      'at --samples',
      'first N',
    ],
    ['are not whole', '--top 2.5', '«top» must be a whole number', 'at --top', 'largest eigenvalues'],
    ['are no learning rate', '--learning-rate 0', '«learningRate» must be a number', 'at --learning-rate', 'stable'],
    ['are no momentum', '--learning-rate 1 --momentum 1', 'from 0 to 0.9999, not 1', 'at --momentum', 'Heavy-ball'],
    ['have no partner', '--momentum 0.9', '«momentum» needs «learningRate»', '--momentum', '--learning-rate X'],
    ['name no preset', '--preset slow', '«preset» cannot be «slow»', 'at --preset', 'quick, standard, thorough'],
    ['name no part', '--only hessian', '«only» cannot be «hessian»', 'at --only', 'spectrum'],
    ['name no direction', '--line up', '«up» is not a direction', 'at --line', 'top/K'],
    ['have no value', '--data', "'--data <FILE|FOLDER>' argument missing", 'ridgeline analyze', '--help'],
  ])('%s', async (_, option, what, where, action) => {
    expectRefusal(await ridgeline(`analyze model.onnx ${option}`), what, where, action);
  });

  test('name another model of a different architecture', async () => {
    const other = onnxBytes({
      name: 'other',
      node: [node('MatMul', ['x', 'w'], ['y'])],
      initializer: [weights('w', [2, 3], [1, 2, 3, 4, 5, 6])],
      input: [port('x')],
      output: [port('y', ['batch', 3])],
    });
    const outcome = await ridgeline('analyze model.onnx --only lines --line to/other.onnx', { 'other.onnx': other });
    expectRefusal(outcome, 'The other model has other parameters', 'only here: b [3]', 'same architecture');
  });

  test('come from a sidecar file with invalid JSON or a misspelled word', async () => {
    const slip = { 'model.landscape.json': '{\n  "loss" "mse"\n}\n' };
    expectRefusal(
      await ridgeline('analyze model.onnx', slip),
      'not valid JSON',
      'model.landscape.json:2:10',
      'Correct it',
    );
    const word = { 'model.landscape.json': '{ "sample": 10 }' };
    expectRefusal(
      await ridgeline('analyze model.onnx', word),
      'no option «sample»',
      'model.landscape.json',
      '«samples»',
    );
  });
});
