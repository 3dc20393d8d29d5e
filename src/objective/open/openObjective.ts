import { availableParallelism } from 'node:os';
import { Engine } from '../../engine/engine';
import { FLOAT32_BITS, preciseEnough } from '../../engine/precision';
import type { ChosenProvider } from '../../engine/probe';
import { chooseProvider, cpuDevice } from '../../engine/probe';
import type { StoredGraphs } from '../../engine/storedGraphs';
import type { ResolvedOptions } from '../../options/presets';
import type { ThreadWish } from '../resources/bestThreads';
import { bestThreads } from '../resources/bestThreads';
import type { OnnxObjective } from '../run/onnxObjective';
import type { Agreement } from './agreement';
import { agreement } from './agreement';
import type { OpenedObjective, OpenedOnEngine } from './openedObjective';
import type { OpenRequest } from './openOnProvider';
import { openOnProvider } from './openOnProvider';
import type { ModelAndData } from './readModelAndData';
import { openSingly } from './openSingly';
import { readModelAndData } from './readModelAndData';
import { formatPercent } from '../../text/numbers';

export interface OpenHooks {
  signal?: AbortSignal;
  /** Model and data, if `readModelAndData` has already read them. */
  read?: ModelAndData;
  /** Storage of graphs that the runtime optimized in earlier runs. */
  graphs?: StoredGraphs | null;
  /**
   * Whether the data are read again where single samples are asked for, rather than kept in memory. Shards of other
   * processes are then freed.
   */
  rereads?: boolean;
  /** How to find the best number of threads; without it all cores are used. */
  threads?: ThreadWish | null;
}

/**
 * Opens a model on its data: reads both, appends the loss and prepares the graphs of its derivatives. If the results of
 * a device differ from the CPU's, the CPU is used instead.
 * @throws UserError when model, data and loss do not fit together
 */
export async function openObjective(
  modelPath: string,
  options: ResolvedOptions,
  { signal, read, graphs = null, threads: wish = null, rereads = false }: OpenHooks = {},
): Promise<OpenedObjective> {
  const { seconds, ...parts } = read ?? (await readModelAndData(modelPath, options));
  signal?.throwIfAborted();

  const started = performance.now();
  const threads = options.threads ?? wish?.known?.threads ?? availableParallelism();
  const chosen = await chooseProvider(options.provider, threads, options.precision);
  const load = seconds + (performance.now() - started) / 1000;
  const { data } = parts;
  const singly = singlyOf(modelPath, rereads ? undefined : data, { chosen, options, threads });
  const request: OpenRequest = { ...parts, options, threads, load, graphs, singly };
  const opened = await openOnProvider(chosen, request);
  if (chosen.provider !== 'cpu') return trustedOrOnCpu(opened, chosen, request, signal);
  // With several lanes, each lane already has one thread or as many as its model can use.
  return options.threads === null && wish && opened.lanes === 1 ? withBestThreads(opened, request, wish) : opened;
}

/** A function of its own, so that what it returns keeps nothing in memory but its arguments. */
function singlyOf(...asked: Parameters<typeof openSingly>): () => ReturnType<typeof openSingly> {
  return () => openSingly(...asked);
}

/** Returns the objective on a device if its results agree with the CPU's, otherwise the objective on the CPU. */
async function trustedOrOnCpu(
  opened: OpenedOnEngine,
  chosen: ChosenProvider,
  request: OpenRequest,
  signal?: AbortSignal,
): Promise<OpenedObjective> {
  const { objection, productError } = await compareWithCpu(opened, request, signal);
  if (objection === null) return preciseEnough(chosen.bits, 'float32') ? opened : reduced(opened, chosen, productError);
  await opened.objective.dispose();
  const reason = `${chosen.provider}: ${objection}`;
  const cpu = { provider: 'cpu' as const, device: cpuDevice(request.threads), bits: FLOAT32_BITS };
  return openOnProvider({ ...cpu, reason, fallbacks: [{ node: '(all)', operator: '(all)', reason }] }, request);
}

/** Compares the first batches on a device with the CPU. */
async function compareWithCpu(
  opened: OpenedOnEngine,
  { threads, options: { precision } }: OpenRequest,
  signal?: AbortSignal,
): Promise<Agreement> {
  const cpu = opened.on(new Engine({ provider: 'cpu', threads }));
  try {
    // Every lane, and so every device, gets one batch.
    const first = (objective: OnnxObjective) => objective.preview(opened.lanes) ?? objective;
    const asked = { derivatives: opened.canDifferentiate, precision, signal };
    return await agreement(first(opened.objective), first(cpu), asked);
  } finally {
    await cpu.dispose();
  }
}

/**
 * Returns the objective on a device that rounds the factors of its products, with a note about the accuracy it costs.
 */
function reduced(
  opened: OpenedObjective,
  { provider, bits }: ChosenProvider,
  productError: number | null,
): OpenedObjective {
  const cost =
    productError === null ? '' : ` A Hessian product differs from float32 by ${formatPercent(productError)}.`;
  const note = `Reduced precision: ${provider} keeps ${bits} bits of the factors of products.${cost}`;
  return { ...opened, productError, notes: [...opened.notes, note] };
}

/** Returns the objective on its best number of threads. */
async function withBestThreads(
  opened: OpenedOnEngine,
  request: OpenRequest,
  wish: ThreadWish,
): Promise<OpenedObjective> {
  const { graphs, options } = request;
  // A search would show up in the profile.
  const choice = wish.known ?? (options.profile ? null : await bestThreads(opened, request, wish));
  if (!choice) return opened;
  const { provider } = opened;
  const facts = { ...opened, threads: choice, provider: { ...provider, device: cpuDevice(choice.threads) } };
  if (choice.threads === request.threads) return facts;
  await opened.objective.dispose();
  const engine = new Engine({ provider: 'cpu', threads: choice.threads, profile: options.profile, graphs });
  const objective = opened.on(engine);
  return { ...facts, objective, test: opened.testOf(objective), profile: () => engine.profile() };
}
