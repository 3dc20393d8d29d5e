import { zipSync } from 'fflate';
import type { Tensor } from '../../graph/tensor';

const DESCR: Partial<Record<Tensor['dtype'], string>> = {
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  uint8: '|u1',
  bool: '|b1',
};

/** Encodes a tensor as numpy.save writes it. */
export function npyFile({ dtype, shape, data }: Tensor): Uint8Array<ArrayBuffer> {
  const dims = shape.map((dim) => `${dim},`).join(' ');
  const text = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const header = `${text.padEnd(64 * Math.ceil((text.length + 11) / 64) - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length % 256, Math.floor(header.length / 256)]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}

/** Encodes tensors as numpy.savez_compressed writes them. */
export function npzFile(arrays: Readonly<Record<string, Tensor>>): Uint8Array<ArrayBuffer> {
  // Zip archives store local times. A fixed one makes the same arrays the same bytes.
  const mtime = new Date(1980, 0, 1);
  return zipSync(Object.fromEntries(Object.entries(arrays).map(([key, value]) => [`${key}.npy`, npyFile(value)])), {
    mtime,
  });
}
