import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { GENERATED_DATA } from '../../src/options/options';
import type { AnalysisOptions } from '../../src/options/options';
import type { WritableModel } from '../../src/onnx/write';
import { mobilenet, MOBILENET_V3_LARGE } from './networks/mobilenet';
import { resnet, RESNET_18, RESNET_50 } from './networks/resnet';
import { machineBytes } from '../../src/options/memory';
import { bert, BERT_BASE, vit, VIT_B_16 } from './networks/transformer';
import { writeNetwork } from './networks/writeNetwork';

/** Networks that people train, by name, each with a batch size for which one step fits a small machine. */
const SHAPES: Record<string, { batch: number; build: (batch: number) => WritableModel }> = {
  'resnet-18': { batch: 2, build: (batch) => resnet({ batch, ...RESNET_18 }) },
  'resnet-50': { batch: 1, build: (batch) => resnet({ batch, ...RESNET_50 }) },
  'mobilenet-v3': { batch: 4, build: (batch) => mobilenet({ batch, ...MOBILENET_V3_LARGE }) },
  'vit-b-16': { batch: 1, build: (batch) => vit({ batch, ...VIT_B_16 }) },
  'bert-base': { batch: 1, build: (batch) => bert({ batch, ...BERT_BASE }) },
};

/**
 * Memory in GiB that a shape may take. It is enough to keep the residuals of one batch, which the default plan would
 * drop for a longer basis.
 */
const MEMORY = Math.floor((0.75 * machineBytes()) / 2 ** 30);

export const shapeNames = () => Object.keys(SHAPES);

/** Names of the fixture folders that hold a model. */
export function fixtureNames(): string[] {
  const folder = fixtureFolder();
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'model.onnx')));
}

const fixtureFolder = () => process.env.RIDGELINE_FIXTURES!;

export interface Subject {
  path: string;
  options: AnalysisOptions;
}

/** The model and data of a fixture, or of a shape that is written into `folder`. */
export async function prepareSubject(name: string, folder: string): Promise<Subject> {
  const shape = SHAPES[name];
  if (!shape) {
    const at = (file: string) => join(fixtureFolder(), name, file);
    return { path: at('model.onnx'), options: { data: at('data.npz') } };
  }
  const path = join(folder, 'model.onnx');
  const { batch, build } = shape;
  await writeNetwork(path, build(batch));
  return { path, options: { data: GENERATED_DATA, batch, samples: batch, loss: 'cross_entropy', memory: MEMORY } };
}
