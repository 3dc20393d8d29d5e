import { expect, it } from 'vitest';
import { smallModel } from '../../test/unit/onnxBytes';
import { otherFile } from './fileKind';

const latin1 = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

it.each([
  ['Git LFS', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n')],
  ['PyTorch', latin1('PK\x03\x04\0\0\b\b\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x10\0\x12\0archive/data.pkl')],
  ['pickle', latin1('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.')],
  ['Keras file', latin1('PK\x03\x04\x14\0\0\0metadata.json{"keras_version"')],
  ['npz', latin1('PK\x03\x04\x14\0\0\0x.npy\x93NUMPY')],
  ['zip archive', latin1('PK\x03\x04\x14\0\0\0model.onnx')],
  ['HDF5', latin1('\x89HDF\r\n\x1a\n\0\0\0')],
  ['TensorFlow Lite', latin1('\x1c\0\0\0TFL3\x14\0')],
  ['ORT format', latin1('\x18\0\0\0ORTM\0\0')],
  ['safetensors', latin1('\x14\0\0\0\0\0\0\0{"w":{"dtype":"F32"}')],
  ['GGUF', latin1('GGUF\x03\0\0\0')],
  ['gzip', latin1('\x1f\x8b\b\0')],
  ['NumPy array', latin1('\x93NUMPY\x01\0')],
  ['web page', latin1('\n<!DOCTYPE html>\n<html>')],
  ['text file', latin1('hello, I am not a model\n')],
  ['text file', new Uint8Array(Buffer.from('größer als erwartet\n', 'utf8'))],
  ['zeros', new Uint8Array(64)],
])('recognises: %s', (name, bytes) => {
  expect(otherFile(bytes)?.what).toContain(name);
});

it('accepts ONNX', () => {
  expect(otherFile(smallModel())).toBeNull();
});
