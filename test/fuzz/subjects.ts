import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';
import { crc32 } from '../../src/engine/install/crc32';
import { readDataset } from '../../src/data/readDataset';
import type { DataRequest } from '../../src/data/match';
import { inspectModel } from '../../src/objective/open/inspectModel';
import { ModelProtoSchema, TensorProtoSchema } from '../../src/onnx/onnx_pb';
import { resolveOptions } from '../../src/options/presets';
import { readSidecar } from '../../src/options/sidecar';
import { reportFromJson } from '../../src/report/json';
import { mutateBytes, mutateJson, mutateMessage, mutateText } from './mutations';
import * as seeds from './seeds';
import type { Chance } from './values';

/** One reader, with the way to make a damaged input for it. */
export interface Subject {
  /** Weight of this reader when readers are drawn. */
  share: number;
  /** Writes a damaged input into the folder. @returns a function that reads it */
  make(folder: string, root: string, chance: Chance): () => Promise<unknown>;
}

const put = (folder: string, name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
};

const request = (shape: (number | null)[], chance: Chance): DataRequest => ({
  inputs: [{ name: 'x', dtype: chance.odds(0.85) ? 'float32' : 'int64', shape }],
  samples: chance.of([undefined, undefined, 1, 4]),
});

const row = (chance: Chance) => request([null, chance.of([4, 4, null, null])], chance);
const picture = (chance: Chance) =>
  request(
    chance.of([
      [null, 3, 4, 4],
      [null, 1, null, null],
      [null, 2, 2, 4],
    ]),
    chance,
  );

/** Damages an array file: its bytes anywhere, or the text of its header with the stated length kept right. */
function mutateNpy(bytes: Uint8Array, chance: Chance): Uint8Array {
  if (chance.odds(0.4)) return mutateBytes(bytes, chance);
  const start = Buffer.from(bytes.subarray(0, 10));
  const end = 10 + start.readUInt16LE(8);
  const text = Buffer.from(
    mutateText(Buffer.from(bytes.subarray(10, end)).toString('latin1'), chance),
    'utf8',
  ).subarray(0, 65535);
  start.writeUInt16LE(text.length, 8);
  return Buffer.concat([start, text, bytes.subarray(end)]);
}

/** Corrects the checksums of a damaged PNG, because decoders stop at a chunk whose checksum is wrong. */
function withChecksums(bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  const png = Buffer.from(bytes);
  for (let at = 8; at + 12 <= png.length;) {
    const end = at + 8 + png.readUInt32BE(at);
    if (end + 4 > png.length) break;
    png.writeUInt32BE(crc32(png.subarray(at + 4, end)), end);
    at = end + 4;
  }
  return png;
}

export const subjects: Readonly<Record<string, Subject>> = {
  onnx: {
    share: 10,
    make(folder, root, chance) {
      const seed = chance.of(seeds.models(root));
      const damaged = chance.odds(0.85) ? mutateMessage(ModelProtoSchema, seed, chance) : mutateBytes(seed, chance);
      const path = put(folder, 'model.onnx', damaged);
      return () => inspectModel(path, resolveOptions({ data: 'generated' }));
    },
  },
  npy: {
    share: 2,
    make(folder, _, chance) {
      const path = put(folder, 'x.npy', mutateNpy(chance.of(seeds.npySeeds), chance));
      return () => readDataset(path, row(chance));
    },
  },
  npz: {
    share: 2,
    make(folder, _, chance) {
      const inner = () => mutateNpy(chance.of(seeds.npySeeds), chance);
      const bytes = chance.odds(0.5)
        ? mutateBytes(seeds.npzSeed, chance)
        : zipSync({ 'x.npy': inner(), 'y.npy': inner() }, { level: chance.of([0, 6] as const) });
      const path = put(folder, 'data.npz', bytes);
      return () => readDataset(path, row(chance));
    },
  },
  csv: {
    share: 2,
    make(folder, _, chance) {
      const text = chance.of(seeds.csvSeeds);
      const path = put(
        folder,
        'data.csv',
        chance.odds(0.6) ? mutateText(text, chance) : mutateBytes(Buffer.from(text), chance),
      );
      return () => readDataset(path, row(chance));
    },
  },
  parquet: {
    share: 3,
    make(folder, _, chance) {
      const path = put(folder, 'data.parquet', mutateBytes(chance.of(seeds.parquetSeeds), chance));
      return () => readDataset(path, row(chance));
    },
  },
  idx: {
    share: 1,
    make(folder, _, chance) {
      const { images, labels } = seeds.idxSeeds;
      const packed = chance.odds(0.5);
      const damaged = chance.odds(0.5) || !packed ? mutateBytes(images, chance) : images;
      const bytes = packed ? seeds.gzip(damaged) : damaged;
      const path = put(
        folder,
        `a-images-idx3-ubyte${packed ? '.gz' : ''}`,
        packed && damaged === images ? mutateBytes(bytes, chance) : bytes,
      );
      put(folder, 'a-labels-idx1-ubyte', chance.odds(0.2) ? mutateBytes(labels, chance) : labels);
      return () => readDataset(path, picture(chance));
    },
  },
  pictures: {
    share: 2,
    make(folder, _, chance) {
      const { name, bytes } = chance.of(seeds.pictureSeeds);
      const damaged = mutateBytes(bytes, chance);
      put(folder, `a/${name}`, name.endsWith('.png') && chance.odds(0.7) ? withChecksums(damaged) : damaged);
      put(folder, 'b/1.png', seeds.pictureSeeds[0].bytes);
      return () => readDataset(folder, picture(chance));
    },
  },
  testData: {
    share: 1,
    make(folder, root, chance) {
      for (const set of ['test_data_set_0', 'test_data_set_1']) {
        const seed = chance.of(seeds.tensorFiles(root));
        const damaged = chance.odds(0.7) ? mutateMessage(TensorProtoSchema, seed, chance) : mutateBytes(seed, chance);
        put(folder, `${set}/input_0.pb`, damaged);
        put(folder, `${set}/output_0.pb`, chance.of(seeds.tensorFiles(root)));
      }
      return () => readDataset(folder, row(chance));
    },
  },
  sidecar: {
    share: 1,
    make(folder, _, chance) {
      const changed = JSON.stringify(mutateJson(seeds.sidecarSeed, chance)) ?? '';
      const text = chance.odds(0.5) ? changed : mutateText(JSON.stringify(seeds.sidecarSeed, null, 1), chance);
      put(folder, 'model.landscape.json', text);
      return () => readSidecar(join(folder, 'model.onnx'));
    },
  },
  report: {
    share: 1,
    make(folder, root, chance) {
      const seed = seeds.reportText(root);
      const text = chance.odds(0.8)
        ? (JSON.stringify(mutateJson(JSON.parse(seed), chance)) ?? '')
        : mutateText(seed, chance);
      put(folder, 'report.json', text);
      return () => Promise.resolve().then(() => reportFromJson(text));
    },
  },
};
