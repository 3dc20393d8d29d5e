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
import type { AnalysisOptions } from '../../options/options';
import type { ResolvedOptions } from '../../options/presets';
import { fingerprint } from '../../journal/fingerprint';

/** Options that change no figure. Data and models count by their contents, not by their paths. */
export const IDLE_OPTIONS = [
  'data',
  'testData',
  'output',
  'html',
  'markdown',
  'saveBest',
  'failOn',
  'quiet',
] as const satisfies readonly (keyof ResolvedOptions & keyof AnalysisOptions)[];

/**
 * Computes the key that identifies an analysis. It covers the contents of model and data, every option that changes a
 * figure, the program and the processor. The number of threads counts because it decides the order of float32 sums, and
 * a continued run must give exactly the figures of an uninterrupted one.
 * @returns sha256 in hexadecimal
 */
export async function analysisKey({ model, data, test }: ModelAndData, options: ResolvedOptions): Promise<string> {
  const figures = Object.entries(options).filter(([name]) => !IDLE_OPTIONS.some((idle) => idle === name));
  return fingerprint({
    program: { version, code: await ownCode(), runtime: RUNTIME_VERSION, node: process.version },
    machine: [platform(), arch(), cpus()[0]?.model ?? ''],
    model: await contentsOf(model),
    data: [data.sha256, data.generated],
    test: test?.sha256,
    options: Object.fromEntries(figures),
    threads: options.threads ?? availableParallelism(),
    others: await Promise.all(otherModels(options).map(async (path) => contentsOf(await readModel(path)))),
  }).toString('hex');
}

/** The checksum of the running program file, so that a new build never returns figures of an earlier build. */
let code: Promise<string> | undefined;
const ownCode = (): Promise<string> => (code ??= codeOf(__filename));

/** The checksum of a program file. */
export const codeOf = (path: string): Promise<string> => sha256Of(path);

/** Returns the checksums of the model file and of its external weight files. */
export async function contentsOf({ path, sha256, externalFiles }: OnnxModel): Promise<unknown> {
  const weights = externalFiles.map(async (name) => [name, await sha256Of(join(dirname(path), name))]);
  return [sha256, ...(await Promise.all(weights))];
}

/** Lists the paths of other models that lines and planes lead to. */
export function otherModels({ only, lines, planes, basin }: ResolvedOptions): string[] {
  const drawn: DirectionRequest[] = [
    ...(only.includes('lines') || basin ? lines.map(({ direction }) => direction) : []),
    ...(only.includes('plane') ? planes.flatMap(({ x, y }) => [x, y]) : []),
  ];
  return drawn.flatMap((direction) => (direction.kind === 'to' ? [direction.path] : []));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}
