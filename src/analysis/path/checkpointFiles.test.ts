import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkpointFiles } from './checkpointFiles';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ridgeline-7-path-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function make(...names: string[]): void {
  for (const name of names) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
}

const found = async (...places: string[]) =>
  (await checkpointFiles(places.map((place) => join(folder, place)))).map(({ name, step }) => [name, step]);

it('takes the .onnx files of a folder in the order in which people count', async () => {
  make('ckpt_10.onnx', 'ckpt_9.onnx', 'ckpt_100.onnx', 'data.npz', '._ckpt_9.onnx');
  expect(await found('.')).toEqual([
    ['ckpt_9.onnx', 9],
    ['ckpt_10.onnx', 10],
    ['ckpt_100.onnx', 100],
  ]);
});

it('takes those of subfolders where the folder has none itself', async () => {
  make('checkpoint-1000/model.onnx', 'checkpoint-500/model.onnx', 'logs/loss.csv');
  expect(await found('.')).toEqual([
    ['checkpoint-500/model.onnx', 500],
    ['checkpoint-1000/model.onnx', 1000],
  ]);
});

it('counts a file once, however it is named', async () => {
  make('a1.onnx', 'a2.onnx');
  symlinkSync(join(folder, 'a1.onnx'), join(folder, 'a3.onnx'));
  expect(await found('a2.onnx', 'a1.onnx', 'a3.onnx', 'a2.onnx')).toEqual([
    ['a1.onnx', 1],
    ['a2.onnx', 2],
  ]);
});

it('reads no step from the folders that all files share', async () => {
  make('run-8/first.onnx', 'run-8/second.onnx');
  expect(await found('run-8/first.onnx', 'run-8/second.onnx')).toEqual([
    ['first.onnx', null],
    ['second.onnx', null],
  ]);
  expect(await found('run-8/first.onnx')).toEqual([['first.onnx', null]]);
});

it('says what is missing', async () => {
  make('empty/readme.txt');
  await expect(found('empty')).rejects.toThrow(/no \.onnx file here[^]*empty[^]*Choose a folder/);
  await expect(found('nowhere')).rejects.toThrow(/does not exist[^]*nowhere/);
});
