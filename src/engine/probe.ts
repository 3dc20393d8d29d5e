import { GraphBuilder } from '../graph/builder';
import { emit } from '../backend/emit';
import type { Tensor } from '../graph/tensor';
import type { Precision, ProviderChoice } from '../options/options';
import { areCudaLibrariesInstalled, lackingLibrary } from './libraries';
import { ort } from './ort';
import { askForPrecision, FLOAT32_BITS, keptBits } from './precision';
import { automaticChoice, objection } from './providerChoice';
import type { ProbedProvider } from './providerChoice';
import type { ProviderName } from './runtime';
import { RuntimeSession } from './runtime';

/** In order of preference if several are faster than the CPU. */
const ACCELERATORS: readonly ProviderName[] = ['cuda', 'webgpu', 'dml', 'coreml'];
/** A square product of this size takes a few milliseconds on a CPU and shows a software GPU for what it is. */
const SIZE = 384;
const REPEATS = 5;

export interface ProbeHooks {
  signal?: AbortSignal;
  /** Called before each provider is tried. */
  onTry?: (name: ProviderName, index: number, count: number) => void;
}

/** The providers built into this package, each tried with a matrix product: created, compared with the CPU, timed. */
export async function probeProviders(threads: number, { signal, onTry }: ProbeHooks = {}): Promise<ProbedProvider[]> {
  const built = new Set(ort.listSupportedBackends().map(({ name }) => name));
  const count = 1 + ACCELERATORS.length;
  onTry?.('cpu', 0, count);
  const reference = await runProduct('cpu', threads);
  const cpu: ProbedProvider = {
    name: 'cpu',
    available: true,
    device: cpuDevice(threads),
    reason: '',
    isInstallable: false,
    gflops: reference.gflops,
    error: 0,
    bits: reference.bits,
  };
  const probes = [cpu];
  for (const [i, name] of ACCELERATORS.entries()) {
    signal?.throwIfAborted();
    onTry?.(name, i + 1, count);
    probes.push(await probe(name, built.has(name), threads, reference.result));
  }
  return probes;
}

export interface ChosenProvider {
  provider: ProviderName;
  device: string;
  /** Significant bits that the device keeps of the factors of products. */
  bits: number;
  reason: string;
  fallbacks: { node: string; operator: string; reason: string }[];
}

const choices = new Map<string, Promise<ChosenProvider>>();

/** Chooses the provider once per process for each request, since probing takes as long as a small model's first figures. */
export function chooseProvider(
  requested: ProviderChoice,
  threads: number,
  precision: Precision = 'float32',
): Promise<ChosenProvider> {
  const key = `${requested} ${threads} ${precision}`;
  const choice = choices.get(key) ?? probedChoice(requested, threads, precision);
  choices.set(key, choice);
  // A probe that failed is tried again by the next analysis.
  choice.catch(() => choices.delete(key));
  return choice;
}

/**
 * `auto` chooses the first accelerator that computes the CPU's numbers faster than the CPU, or else the CPU. A provider
 * requested by name is chosen if it works at all, or else the CPU, with the reason.
 */
async function probedChoice(requested: ProviderChoice, threads: number, precision: Precision): Promise<ChosenProvider> {
  const cpu = { provider: 'cpu' as const, device: cpuDevice(threads), bits: FLOAT32_BITS, fallbacks: [] };
  if (requested === 'cpu') return { ...cpu, reason: 'asked for' };
  askForPrecision(precision);
  const probes = await probeProviders(threads);
  if (requested === 'auto') {
    const { chosen, reason } = automaticChoice(probes, precision);
    return { provider: chosen.name, device: chosen.device, bits: chosen.bits, reason, fallbacks: [] };
  }
  const found = probes.find((p) => p.name === requested)!;
  const reason = found.available ? objection(found, precision, ' (--precision reduced accepts it)') : found.reason;
  if (reason === null) {
    return { provider: found.name, device: found.device, bits: found.bits, reason: 'asked for', fallbacks: [] };
  }
  return { ...cpu, reason, fallbacks: [{ node: '(all)', operator: '(all)', reason: `${requested}: ${reason}` }] };
}

export const cpuDevice = (threads: number) => `CPU, ${threads} thread${threads === 1 ? '' : 's'}`;

async function probe(
  name: ProviderName,
  built: boolean,
  threads: number,
  reference: Float32Array,
): Promise<ProbedProvider> {
  const missing = { name, available: false, device: '', isInstallable: false, gflops: 0, error: NaN, bits: 0 };
  if (!built) return { ...missing, reason: 'not part of this package on this platform' };
  const lacking = lackingLibrary(name);
  if (lacking) return { ...missing, reason: lacking, isInstallable: name === 'cuda' && !areCudaLibrariesInstalled() };
  try {
    const { result, gflops, bits } = await runProduct(name, threads);
    const scale = reference.reduce((max, v) => Math.max(max, Math.abs(v)), 0);
    const worst = result.reduce((max, v, i) => Math.max(max, Math.abs(v - reference[i])), 0);
    const found = { device: name, reason: '', isInstallable: false };
    return { name, available: true, ...found, gflops, error: worst / scale, bits };
  } catch (fault) {
    return { ...missing, reason: plainReason((fault as Error).message) };
  }
}

/** Leaves out the place in the runtime's source, and the condition there, with which its messages begin. */
export function plainReason(message: string): string {
  const [line] = message.split('\n', 1);
  return line.replace(/^\S*\/onnxruntime\/.*? was false\. /, '').replace(/^\S*\/onnxruntime\/\S+:\d+ /, '') || line;
}

/** Numbers between −1 and 1 that look random: every bit of them counts, and sums of their products cancel. */
function scattered(phase: number): Float32Array {
  return Float32Array.from({ length: SIZE * SIZE }, (_, i) => (Math.sin(12.9898 * i + phase) * 43758.5453) % 1);
}

async function runProduct(
  provider: ProviderName,
  threads: number,
): Promise<{ result: Float32Array; gflops: number; bits: number }> {
  const g = new GraphBuilder();
  const [a, b] = [g.input('a', 'float32', [SIZE, SIZE]), g.input('b', 'float32', [SIZE, SIZE])];
  const graph = emit(g, { a, b }, { y: g.matmul(a, b) }, new Map());
  const session = await RuntimeSession.open(graph, { provider, threads });
  try {
    const square = (data: Float32Array): Tensor => ({ dtype: 'float32', shape: [SIZE, SIZE], data });
    const left = scattered(0);
    const feeds = { a: square(left), b: square(scattered(1)) };
    const identity = Float32Array.from({ length: SIZE * SIZE }, (_, i) => (i % (SIZE + 1) === 0 ? 1 : 0));
    const bits = keptBits(left, (await session.run({ a: feeds.a, b: square(identity) })).y.data as Float32Array);
    let result = (await session.run(feeds)).y;
    let best = Infinity;
    for (let i = 0; i < REPEATS; i++) {
      const start = performance.now();
      result = (await session.run(feeds)).y;
      best = Math.min(best, performance.now() - start);
    }
    return { result: result.data as Float32Array, gflops: (2 * SIZE ** 3) / best / 1e6, bits };
  } finally {
    await session.release();
  }
}
