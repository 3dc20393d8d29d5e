import { dirname, join, resolve } from 'node:path';
import { version } from '../../../package.json';
import type { ClusterPlan, ClusterRequest, PlannedPart } from '../../cluster/plan';
import { inspectModel } from '../../objective/open/inspectModel';
import { readModelAndData } from '../../objective/open/readModelAndData';
import type { ModelAndData } from '../../objective/open/readModelAndData';
import { readModel } from '../../onnx/read';
import type { AnalysisOptions } from '../../options/options';
import { resolveOptions } from '../../options/presets';
import type { ResolvedOptions } from '../../options/presets';
import { optionsOfEach } from '../compare/optionsOfEach';
import { withinTime, expectedSecondsOf } from '../economy';
import { expectedSize } from '../expectedSize';
import { contentsOf, IDLE_OPTIONS, codeOf, otherModels } from '../keep/analysisKey';
import { fingerprint } from '../../journal/fingerprint';
import { checkpointFiles } from '../path/checkpointFiles';
import { optionsOfCheckpoint, reducedForPath } from '../path/reduced';
import { sameNetwork } from '../path/sameNetwork';
import type { PartWork, SharedFacts } from './partWork';
import { planParts } from './planParts';

/** The command line that tasks start. It lies beside the bundle that plans, be that itself or the editor's worker. */
const PROGRAM = join(dirname(__filename), 'cli.js');

/** Options that say how a run is handed to the cluster, and not what it measures. */
const OF_THE_CLUSTER = ['cluster', 'jobs', 'sbatch', 'cache', 'fresh'] as const;

/**
 * Plans a run: checks models, data and options, and lists the parts. Nothing is measured.
 * @throws UserError when models, data or options are at fault
 */
export async function planRun({ command, places, options }: ClusterRequest): Promise<ClusterPlan<PartWork>> {
  const models = command === 'path' ? (await checkpointFiles(places)).map(({ path }) => path) : places;
  const last = models[models.length - 1];
  const resolved = resolveOptions(options);
  const read = await readModelAndData(command === 'path' ? last : models[0], resolved);
  const contents: Record<string, string> = { data: read.data.sha256 };
  for (const model of models) contents[model] = fingerprint(await contentsOf(await readModel(model))).toString('hex');
  const { shards } = options;
  const { parts, size } =
    shards === undefined ? await partsFor(command, models, options, read) : { parts: [], size: null };
  const request = { command, places: places.map((place) => resolve(place)), options: withoutCluster(options) };
  const shared: SharedFacts = { size, contents };
  return {
    id: await idOf(request, contents, read, resolved),
    created: new Date().toISOString(),
    request,
    program: { node: process.execPath, script: PROGRAM, version },
    parts,
    ...(shards === undefined ? {} : { gang: { shards } }),
    shared,
  };
}

async function partsFor(
  command: ClusterRequest['command'],
  models: readonly string[],
  options: AnalysisOptions,
  { data }: ModelAndData,
): Promise<{ parts: PlannedPart<PartWork>[]; size: SharedFacts['size'] }> {
  const sizeOf = async (model: string, resolved: ResolvedOptions) =>
    expectedSize(await inspectModel(model, resolved), Math.min(resolved.samples, data.samples), options);
  if (command === 'analyze') {
    const resolved = resolveOptions(options);
    const size = await sizeOf(models[0], resolved);
    // A model that cannot be computed is refused with its reason when it is opened.
    return { parts: size ? planParts(withinTime(resolved, options, size).options, size) : [], size };
  }
  const reduced =
    command === 'path'
      ? reducedForPath(resolveOptions(optionsOfCheckpoint(options)))
      : resolveOptions(await optionsOfEach(options, models));
  const size = await sizeOf(models[0], reduced);
  const seconds = size ? expectedSecondsOf(reduced, size) : 0;
  const measurable = command === 'path' ? await finiteOnes(models, options) : models;
  const parts = measurable.map((model) => ({
    label: model,
    wave: 0,
    seconds,
    work: { kind: 'report' as const, model },
  }));
  return { parts, size: null };
}

/** The checkpoints whose weights are numbers: nothing is measured of the others. */
async function finiteOnes(models: readonly string[], { parameters = [] }: AnalysisOptions): Promise<string[]> {
  const files = await checkpointFiles(models);
  const isFinite = await sameNetwork(files, parameters);
  return files.filter((_, i) => isFinite[i]).map(({ path }) => path);
}

function withoutCluster(options: AnalysisOptions): AnalysisOptions {
  const entries = Object.entries(options).filter(([name]) => !OF_THE_CLUSTER.some((other) => other === name));
  return Object.fromEntries(entries) as AnalysisOptions;
}

/** The same request on the same contents by the same program is the same run, on whatever machine it is planned. */
async function idOf(
  { command, places, options }: ClusterRequest,
  contents: Record<string, string>,
  { test }: ModelAndData,
  resolved: ResolvedOptions,
): Promise<string> {
  const figures = Object.entries(options).filter(([name]) => !IDLE_OPTIONS.some((idle) => idle === name));
  const others = await Promise.all(otherModels(resolved).map(async (path) => contentsOf(await readModel(path))));
  return fingerprint([
    'cluster',
    [version, await codeOf(PROGRAM)],
    [command, places],
    [contents, test?.sha256, others],
    figures.sort(([a], [b]) => (a < b ? -1 : 1)),
  ]).toString('hex');
}
