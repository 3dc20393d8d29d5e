// Writes a model whose weights lie inside the file: a chain of square Gemm layers. All but the first weight of a layer
// are a hole in the file, so that a large model costs neither time nor space on the disk.
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

const FLOAT = 1;

/** Writes half a gigabyte unless told otherwise. @returns bytes of the file */
export function writeBigModel(file, { layers = 8, width = 4096 } = {}) {
  const descriptor = openSync(file, 'w');
  let position = 0;
  const write = (bytes) => (position += writeSync(descriptor, bytes, 0, bytes.length, position));
  const count = width * width * 4;
  // What a tensor holds before its values, which are the last field.
  const head = (layer) =>
    Buffer.concat([
      number(1, width),
      number(1, width),
      number(2, FLOAT),
      text(8, `layer${layer}.weight`),
      tag(9, 2),
      varint(count),
    ]);
  const nodes = names(layers).map((_, i) =>
    message(1, text(1, value(i, layers)), text(1, `layer${i}.weight`), text(2, value(i + 1, layers)), text(4, 'Gemm')),
  );
  const ports = Buffer.concat([message(11, port('input', width)), message(12, port('logits', width))]);
  const tensors = names(layers).map((_, i) => head(i));
  const tensorBytes = (bytes) => tag(5, 2).length + varint(bytes.length + count).length + bytes.length + count;
  const graphBytes =
    [...nodes, ports].reduce((sum, { length }) => sum + length, 0) +
    tensors.reduce((sum, bytes) => sum + tensorBytes(bytes), 0);
  write(Buffer.concat([number(1, 8), message(8, number(2, 17)), tag(7, 2), varint(graphBytes), ...nodes]));
  for (const [layer, bytes] of tensors.entries()) {
    write(Buffer.concat([tag(5, 2), varint(bytes.length + count), bytes]));
    const end = position + count;
    // Without a weight of their own, all layers would be copies of one.
    write(new Uint8Array(Float32Array.of((layer + 1) / layers).buffer));
    position = end;
  }
  write(ports);
  ftruncateSync(descriptor, position);
  closeSync(descriptor);
  return position;
}

const names = (count) => Array.from({ length: count });
const value = (i, layers) => (i === 0 ? 'input' : i === layers ? 'logits' : `hidden${i}`);

function port(name, width) {
  const dimensions = Buffer.concat([message(1, text(2, 'N')), message(1, number(1, width))]);
  const type = message(2, message(1, number(1, FLOAT), message(2, dimensions)));
  return Buffer.concat([text(1, name), type]);
}

// The wire format of protocol buffers.
function varint(value) {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}
const tag = (field, kind) => varint(field * 8 + kind);
const number = (field, value) => Buffer.concat([tag(field, 0), varint(value)]);
function message(field, ...parts) {
  const bytes = Buffer.concat(parts);
  return Buffer.concat([tag(field, 2), varint(bytes.length), bytes]);
}
const text = (field, value) => message(field, Buffer.from(value));
