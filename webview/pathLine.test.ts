import { expect, test } from 'vitest';
import { fromFolder } from './pathLine';

test('a path below a folder of the workspace begins with that folder', () => {
  expect(fromFolder('/home/me/nets/old/lenet.onnx', ['/home/me/nets'])).toBe('nets/old/lenet.onnx');
  expect(fromFolder('C:\\nets\\lenet.onnx', ['C:\\nets'])).toBe('nets\\lenet.onnx');
  expect(fromFolder('/a/b/c/x.onnx', ['/a', '/a/b/c', '/a/b'])).toBe('c/x.onnx');
});

test('any other path stays whole', () => {
  expect(fromFolder('/home/me/nets2/x.onnx', ['/home/me/nets'])).toBe('/home/me/nets2/x.onnx');
  expect(fromFolder('x.onnx', [])).toBe('x.onnx');
});
