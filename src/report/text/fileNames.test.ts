import { expect, it } from 'vitest';
import { fileNames } from './fileNames';

it('names a file by its last part, and by folders only where the last parts are equal', () => {
  expect(fileNames(['/a/x.onnx', '/b/y.onnx'])).toEqual(['x.onnx', 'y.onnx']);
  expect(fileNames(['/runs/wide/model.onnx', 'C:\\runs\\deep\\model.onnx'])).toEqual([
    'wide/model.onnx',
    'deep/model.onnx',
  ]);
  expect(fileNames(['m.onnx', 'm.onnx'])).toEqual(['m.onnx', 'm.onnx']);
});
