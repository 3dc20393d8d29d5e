import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { arch, availableParallelism, cpus, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { version } from '../../../package.json';
import { RUNTIME_VERSION } from '../../engine/runtime';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import type { OnnxModel } from '../../onnx/model';
import { readModel } from '../../onnx/read';
import type { DirectionRequest } from '../../options/direction';
import type { ResolvedOptions } from '../../options/presets';
import { fingerprint } from './journal/fingerprint';

/** What no figure depends on. Data and models count by their contents, wherever they lie. */
const IDLE: readonly (keyof ResolvedOptions)[] = ['data', 'output', 'html', 'failOn', 'quiet'];

/**
 * What makes an analysis the same analysis: the contents of model and data, every option that changes a figure, the
 * program itself and the processor. The number of threads counts, because it decides in which order float32 sums are
 * taken, and a continued run promises the very figures of an uninterrupted one.
 * @returns sha256 in hexadecimal
 */
export async function analysisKey({ model, data }: ModelAndData, options: ResolvedOptions): Promise<string> {
  const figures = Object.entries(options).filter(([name]) => !IDLE.includes(name as keyof ResolvedOptions));
  return fingerprint({
    program: { version, code: await ownCode(), runtime: RUNTIME_VERSION, node: process.version },
    machine: [platform(), arch(), cpus()[0]?.model ?? ''],
    model: await contentsOf(model),
    data: [data.sha256, data.generated],
    options: Object.fromEntries(figures),
    threads: options.threads ?? availableParallelism(),
    others: await Promise.all(otherModels(options).map(async (path) => contentsOf(await readModel(path)))),
  }).toString('hex');
}

/** The file this runs from: a program that was built anew never gives figures of the one before. */
let code: Promise<string> | undefined;
const ownCode = (): Promise<string> => (code ??= sha256Of(__filename));

/** Of the file itself and of the weights beside it. */
async function contentsOf({ path, sha256, externalFiles }: OnnxModel): Promise<unknown> {
  const weights = externalFiles.map(async (name) => [name, await sha256Of(join(dirname(path), name))]);
  return [sha256, ...(await Promise.all(weights))];
}

/** The models at the other ends of lines and planes that will be drawn. */
function otherModels({ only, lines, planes }: ResolvedOptions): string[] {
  const drawn: DirectionRequest[] = [
    ...(only.includes('lines') ? lines.map(({ direction }) => direction) : []),
    ...(only.includes('plane') ? planes.flatMap(({ x, y }) => [x, y]) : []),
  ];
  return drawn.flatMap((direction) => (direction.kind === 'to' ? [direction.path] : []));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
