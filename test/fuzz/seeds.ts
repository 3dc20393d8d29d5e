import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';
import { npyFile, npzFile } from '../../src/data/testing/npyFile';
import type { Tensor } from '../../src/graph/tensor';
import { tensor } from '../../src/graph/tensor';

/** Small valid files for every reader, from which the damaged ones are made. */

const fixtures = (root: string) => join(root, 'test/fixtures');
const SMALL = 2 ** 16;

/** Small models: the conformance cases, which have one operator each, and whole networks. */
export function models(root: string): Uint8Array[] {
  const folders = ['conformance', 'cases', '.'].flatMap((name) => {
    const folder = join(fixtures(root), name);
    return readdirSync(folder).map((entry) => join(folder, entry));
  });
  const files = folders
    .filter((folder) => statSync(folder).isDirectory())
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((path) => path.endsWith('.onnx') && statSync(path).size < SMALL)
    .sort();
  return files.map((path) => readFileSync(path));
}

export function tensorFiles(root: string): Uint8Array[] {
  const folder = join(fixtures(root), 'conformance');
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name, 'test_data_set_0', 'input_0.pb'))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile() && statSync(path).size < SMALL)
    .map((path) => readFileSync(path));
}

export function reportText(root: string): string {
  return readFileSync(join(fixtures(root), 'reports/synthetic-saddle.json'), 'utf8');
}

const values = Array.from({ length: 24 }, (_, i) => i / 4);
const arrays: Record<string, Tensor> = {
  x: tensor('float32', [6, 4], values),
  y: tensor('int64', [6], [0, 1, 2, 0, 1, 2]),
};

export const npySeeds: Uint8Array[] = [
  npyFile(arrays.x),
  npyFile(tensor('uint8', [6, 4], values.map(Math.floor))),
  Buffer.from(Buffer.from(npyFile(arrays.x)).toString('latin1').replace('False', 'True '), 'latin1'),
];
export const npzSeed = npzFile(arrays);

export const csvSeeds = [
  'a,b,c,d,class\n1,2,3,4,red\n5,6,7,8,blue\n',
  '1;2;3;4;0\n5;6;7;8;1\n',
  'x0\tx1\tx2\tx3\ty\n1\t2\t3\t4\t5\n',
];

export const parquetSeeds: Uint8Array[] = (['UNCOMPRESSED', 'SNAPPY'] as const).map((codec) => {
  const rows = Array.from({ length: 40 }, (_, i) => i);
  const buffer = parquetWriteBuffer({
    columnData: [
      { name: 'a', data: rows.map((i) => i / 3), type: 'DOUBLE' },
      { name: 'b', data: rows.map((i) => i % 5), type: 'INT32' },
      { name: 'c', data: rows.map((i) => i * 0.5), type: 'FLOAT' },
      { name: 'd', data: rows.map((i) => i % 2 === 0), type: 'BOOLEAN' },
      { name: 'class', data: rows.map((i) => ['red', 'green', 'blue'][i % 3]), type: 'STRING' },
    ],
    codec,
  });
  return new Uint8Array(buffer);
});

export const idxSeeds = {
  images: Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 51, 102, 153, 204, 255, 0, 51]),
  labels: Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 3]),
};
export const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes);

function pixels(width: number, height: number): Buffer {
  return Buffer.from(Array.from({ length: 4 * width * height }, (_, i) => (i * 37) % 256));
}

function png(width: number, height: number): Uint8Array {
  const image = new PNG({ width, height });
  image.data = pixels(width, height);
  return PNG.sync.write(image);
}

export const pictureSeeds: { name: string; bytes: Uint8Array }[] = [
  { name: '1.png', bytes: png(5, 4) },
  { name: '1.png', bytes: png(17, 9) },
  { name: '1.jpg', bytes: jpeg.encode({ width: 20, height: 12, data: pixels(20, 12) }, 80).data },
];

export const sidecarSeed = {
  data: 'data.npz',
  loss: 'cross_entropy',
  input: { x: 'a' },
  target: 'y',
  line: ['gradient:-1:1:5', 'to/other.onnx'],
  plane: ['random,random:-1:1:5'],
  samples: 4,
  only: ['loss', 'gradient'],
  parameters: ['w*'],
  weightDecay: 0.1,
};
