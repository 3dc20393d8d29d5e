import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { parquetMetadata } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { beforeEach, describe, expect, test } from 'vitest';
import { tensor } from '../graph/tensor';
import type { Dataset, InputSpec } from './dataset';
import type { DataRequest } from './match';
import { readDataset } from './readDataset';

const features = (n: number): InputSpec => ({ name: 'input', dtype: 'float32', shape: [null, n] });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ridgeline-table-'));
});

async function read(name: string, content: string | ArrayBuffer, request: DataRequest): Promise<Dataset> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : new Uint8Array(content));
  return readDataset(path, request);
}

const x = tensor('float32', [2, 2], [1, 2.5, -3, 4e-2]);

describe('CSV', () => {
  const csv = (text: string, request: DataRequest): Promise<Dataset> => read('data.csv', text, request);

  test.each([
    ['a header', 'a,b,target\n1,2.5,0\n-3,4e-2,1\n'],
    ['no header', '1,2.5,0\n-3,4e-2,1\n'],
    ['semicolons', 'a;b;c\n1;2.5;0\n-3;4e-2;1\n'],
    ['tabs and Windows line ends', 'a\tb\tc\r\n1\t2.5\t0\r\n-3\t4e-2\t1\r\n'],
    ['a byte order mark, spaces and an empty last line', '\ufeffa, b, label\n 1, 2.5, 0\n-3, 4e-2, 1\n\n'],
    ['the target in front', 'label,a,b\n0,1,2.5\n1,-3,4e-2\n'],
    ['numbers as column names', 'label,0,1\n0,1,2.5\n1,-3,4e-2\n'],
    ['quotes', '"a","b","y"\n"1","2.5","0"\n"-3","4e-2","1"'],
  ])('with %s', async (_name, text) => {
    const data = await csv(text, { inputs: [features(2)] });
    expect(data.inputs.input).toEqual(x);
    expect(data.target).toEqual(tensor('float64', [2], [0, 1]));
  });

  test('class names are numbered alphabetically, with or without header', async () => {
    for (const header of ['a,b,species\n', '']) {
      const data = await csv(`${header}1,2.5,setosa\n-3,4e-2,iris\n`, { inputs: [features(2)] });
      expect(data.inputs.input).toEqual(x);
      expect(data.target).toEqual(tensor('int64', [2], [1, 0]));
      expect(data.notes.join(' ')).toContain('iris = 0, setosa = 1');
    }
  });

  test('a table as wide as the input has no target', async () => {
    const data = await csv('a,b\n1,2.5\n-3,4e-2\n', { inputs: [features(2)] });
    expect([data.inputs.input, data.target]).toEqual([x, null]);
  });

  test('columns are gathered by the name of their input', async () => {
    const inputs: InputSpec[] = [features(2), { name: 'age', dtype: 'int64', shape: [null] }];
    const data = await csv('age,input_0,input_1,y\n7,1,2.5,0\n8,-3,4e-2,1\n', { inputs });
    expect(data.inputs).toEqual({ input: x, age: tensor('int64', [2], [7, 8]) });
  });

  test('the target is chosen by name', async () => {
    const data = await csv('price,a,b\n5,1,2.5\n6,-3,4e-2\n', { inputs: [features(2)], target: 'price' });
    expect([data.inputs.input, data.target]).toEqual([x, tensor('float64', [2], [5, 6])]);
  });

  test('rows beyond the requested samples are not read', async () => {
    const data = await csv('a,b,y\n1,2.5,0\n-3,4e-2,1\nthis is no row\n', { inputs: [features(2)], samples: 2 });
    expect(data.samples).toBe(2);
  });

  test.each([
    ['a word among numbers', 'a,b,y\n1,2,0\n1,two,0\n', '«two» is not a number.\n  at .*data.csv, row 2, column «b»'],
    ['a missing value', 'a,b,y\n1,2,0\n1,,0\n', 'A value is missing.\n  at .*row 2, column «b»'],
    ['a column of text', 'a,b,y\nred,2,0\nblue,3,0\n', 'Column «a» holds text («red»)'],
    ['a short row', 'a,b,y\n1,2,0\n1,2\n', 'Row 2 has 2 cells, the first row has 3'],
    ['a long row', 'a,b,y\n1,2,0\n1,2,3,4\n', 'Row 2 has 4 cells, the first row has 3'],
    ['only a header', 'a,b,y\n', 'The table has no rows'],
    ['NaN', 'a,b,y\n1,2,0\n1,nan,0\n', 'holds NaN in sample 1'],
    ['too few columns', 'a,y\n1,0\n2,1\n', 'does not fit the model.s input «input», which expects \\[\\?, 2\\]'],
  ])('%s is refused with its place', async (_name, text, message) => {
    await expect(csv(text, { inputs: [features(2)] })).rejects.toThrow(new RegExp(message.replace(/[()]/g, '\\$&')));
  });

  test('an unknown column is refused with a list of the columns', async () => {
    const request = { inputs: [features(2)], target: 'label' };
    await expect(csv('a,b,c\n1,2,3\n4,5,6\n', request)).rejects.toThrow(/no column «label»[\s\S]*«a», «b», «c»/);
  });

  test('bytes that are not text are refused', async () => {
    const latin1 = Uint8Array.from([97, 44, 98, 10, 0xe9, 0xff, 44, 49, 10]).buffer;
    await expect(read('data.csv', latin1, { inputs: [features(1)] })).rejects.toThrow('not UTF-8');
  });
});

describe('Parquet', () => {
  const write = (compressed: boolean): ArrayBuffer =>
    parquetWriteBuffer({
      codec: compressed ? 'SNAPPY' : 'UNCOMPRESSED',
      columnData: [
        { name: 'a', data: [1, -3], type: 'DOUBLE' },
        { name: 'b', data: [2.5, 4e-2], type: 'FLOAT' },
        { name: 'label', data: [1, 0], type: 'INT32' },
      ],
    });

  test.each([true, false])('columns of numbers (snappy: %s)', async (compressed) => {
    const data = await read('data.parquet', write(compressed), { inputs: [features(2)] });
    expect(data.inputs.input).toEqual(x);
    expect(data.target).toEqual(tensor('float64', [2], [1, 0]));
  });

  test.each([
    ['GZIP', (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes))],
    ['BROTLI', (bytes: Uint8Array) => new Uint8Array(brotliCompressSync(bytes))],
    ['ZSTD', zstdFrame],
  ] as const)('compressed by %s', async (codec, compress) => {
    const buffer = parquetWriteBuffer({
      codec,
      compressors: { [codec]: compress },
      columnData: [
        { name: 'a', data: Float64Array.from({ length: 500 }, (_, i) => Math.sqrt(i)), type: 'DOUBLE' },
        { name: 'y', data: Int32Array.from({ length: 500 }, (_, i) => i), type: 'INT32' },
      ],
    });
    const metadata = parquetMetadata(buffer);
    expect(metadata.row_groups[0].columns[0].meta_data!.codec).toBe(codec);
    const data = await read('data.parquet', buffer, { inputs: [features(1)] });
    expect(data.inputs.input.data[499]).toBeCloseTo(Math.sqrt(499), 5);
    expect(data.target!.data[499]).toBe(499);
  });

  test('lists of numbers, text targets, several row groups and first samples are read', async () => {
    const count = 25;
    const buffer = parquetWriteBuffer({
      rowGroupSize: 10,
      columnData: [
        {
          name: 'pixels',
          data: Array.from({ length: count }, (_, i) => [i, i + 0.5, -i]),
        },
        { name: 'class', data: Array.from({ length: count }, (_, i) => (i % 2 ? 'cat' : 'dog')) },
      ],
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'pixels', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
        { name: 'class', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
      ],
    });
    const data = await read('data.parquet', buffer, { inputs: [features(3)], samples: 13 });
    expect(data.inputs.input.shape).toEqual([13, 3]);
    expect(Array.from(data.inputs.input.data as Float32Array).slice(36)).toEqual([12, 12.5, -12]);
    expect(data.target!.data[12]).toBe(1n);
  });

  test('null values and damaged files are refused', async () => {
    const holes = parquetWriteBuffer({
      columnData: [
        { name: 'a', data: [1, null, 3], type: 'DOUBLE', nullable: true },
        { name: 'y', data: [0, 1, 0], type: 'INT32' },
      ],
    });
    await expect(read('data.parquet', holes, { inputs: [features(1)] })).rejects.toThrow(
      /A value is missing[\s\S]*row 2, column «a»/,
    );
    const whole = write(false);
    await expect(read('data.parquet', whole.slice(0, -6), { inputs: [features(2)] })).rejects.toThrow('cannot be read');
    await expect(read('data.parquet', 'hello', { inputs: [features(2)] })).rejects.toThrow(
      'This is not a Parquet file',
    );
  });
});

/**
 * Writes a Zstandard frame of one raw block, which is valid and needs no compressor.
 * @see RFC 8878, sections 3.1.1 and 3.1.1.2
 */
function zstdFrame(bytes: Uint8Array): Uint8Array {
  const size = bytes.length;
  const frame = new Uint8Array(12 + size);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 0xfd2fb528, true);
  // The frame is a single segment with its content size in four bytes. The block header holds last, raw and size.
  view.setUint8(4, 0b10100000);
  view.setUint32(5, size, true);
  view.setUint8(9, ((size << 3) | 1) & 0xff);
  view.setUint16(10, (size << 3) >> 8, true);
  frame.set(bytes, 12);
  return frame;
}

describe('the target of a table is', () => {
  const chosen = async (text: string, wanted: Partial<DataRequest> = {}, width = 2) => {
    const data = await read('data.csv', text, { inputs: [features(width)], ...wanted });
    return { ...data, told: data.notes.join('\n') };
  };
  const column = (values: number[]) => tensor('float64', [values.length], values);

  test('a column with a usual name anywhere, with label before y', async () => {
    const { target, told } = await chosen('x,y,label,z\n1,2,0,3\n4,5,1,6\n', {}, 3);
    expect(target).toEqual(column([0, 1]));
    expect(told).toContain('«label» is taken as the target, not «y»');
  });

  test.each([
    ['numbers, as of a regression', 'y_0,a,b,y_1\n0.5,1,2,7\n1.5,3,4,8\n', [0.5, 7, 1.5, 8]],
    ['one-hot rows', 'a,b,class_cat,class_dog\n1,2,0,1\n3,4,1,0\n', [0, 1, 1, 0]],
  ])('all columns under one usual name: %s', async (_, text, values) => {
    const { target, inputs, told } = await chosen(text);
    expect(target).toEqual(tensor('float32', [2, 2], values));
    expect(inputs.input).toEqual(tensor('float32', [2, 2], [1, 2, 3, 4]));
    expect(told).toContain('are taken together as the target');
  });

  test('several columns on request, one by one or as a series', async () => {
    const text = 'lat,a,lon,b\n5,1,6,2\n7,3,8,4\n';
    expect((await chosen(text, { target: 'lat,lon' })).target).toEqual(tensor('float32', [2, 2], [5, 6, 7, 8]));
    expect((await chosen('out0,a,out1,b\n5,1,6,2\n7,3,8,4\n', { target: 'out' })).target).toEqual(
      tensor('float32', [2, 2], [5, 6, 7, 8]),
    );
    await expect(chosen(text, { target: 'lat,length' })).rejects.toThrow('no column «length»');
  });

  test('the column beside a numbered series, even if the last one is a border pixel', async () => {
    const { target, told } = await chosen('digit,px1,px2,px3\n7,1,2,0\n3,4,5,0\n', {}, 3);
    expect(target).toEqual(column([7, 3]));
    expect(told).toContain('«digit» is taken as the target: all other columns are a series, «px…»');
  });

  test('the first column without names if the last one is constant', async () => {
    const { target, told } = await chosen('7,1,2,0\n3,4,5,0\n', {}, 3);
    expect(target).toEqual(column([7, 3]));
    expect(told).toContain('«3», holds 0 in every row: the first, «0», is taken as the target');
  });

  test('a constant last column with a name of its own, with a note', async () => {
    const { target, told } = await chosen('age,weight,ill\n7,1,0\n3,4,0\n');
    expect(target).toEqual(column([0, 0]));
    expect(told).toMatch(/«ill», holds 0 in every row and is taken as the target all the same.*--target "age"/);
  });

  test('the only column of repeated words', async () => {
    const { target, told } = await chosen('kind,a,b\ncat,1,2\nape,3,4\ncat,5,6\n');
    expect(target).toEqual(tensor('int64', [3], [1, 0, 1]));
    expect(told).toContain('«kind» is taken as the target: it is the only column of words');
    // Names of samples are not classes.
    await expect(chosen('id,a,b,z\nu,1,2,0\nv,3,4,1\n', {}, 3)).rejects.toThrow('holds text («u»)');
  });
});
