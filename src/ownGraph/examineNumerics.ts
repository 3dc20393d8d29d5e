import type { Dataset } from '../data/dataset';
import type { RuntimeSession } from '../engine/runtime';
import type { SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { sizeOf } from '../graph/tensor';
import type { PreparedModel } from '../model/prepared';
import type { OnnxModel } from '../onnx/model';
import { readModel } from '../onnx/read';
import type { FloatElement } from './floatElements';
import { headroomOf } from './headroom';
import type { NodeHeadroom, NumericalTrouble, NumericsAsked, NumericsFound } from './numericsFound';
import type { OwnBatch, OwnData } from './ownFeeds';
import { oneSample, ownBatches } from './ownFeeds';
import type { RunnableGraph } from './ownGraph';
import { runnableGraph } from './ownGraph';
import { openOwnSession } from './ownSession';
import type { Probed, Probes, Seen } from './probes';
import { joined, probesOf } from './probes';
import { SeenValues } from './seenGraph';
import type { FoundTrouble } from './troubles';
import { isProduct, troublesOf, wantsNoZero } from './troubles';
import type { Witness } from './witness';
import { fedBy, witnessOf } from './witness';

/** A model and its data, without the weights, which the file still has. */
export interface ExaminedModel {
  path: string;
  sha256: string;
  prepared: Pick<PreparedModel, 'classification'> & { source: Pick<PreparedModel['source'], 'inputs'> };
  data: Pick<Dataset, 'inputs' | 'shared' | 'samples'>;
  batchSize: number;
  /** The batch size that the file fixes; null where it leaves the size free. */
  fixedBatch: number | null;
  threads: number;
  /** Memory that the analysis may take, in bytes. */
  memoryBytes: number;
}

/** Copies of the weights while a session is made and runs: the file's, the graph's, the runtime's, the packed ones. */
const WEIGHT_COPIES = 4;
/** Share of the memory that they may take. The rest belongs to the analysis, which has sessions of its own. */
const MEMORY_SHARE = 0.5;

/** IsNaN, on which the probes rest, came with this operator set. */
const OLDEST_OPSET = 9;

/**
 * Runs the user's own graph, operator by operator as the file has them, and looks at every floating value that it
 * computes. The values stay inside the runtime, where added nodes reduce each to a few numbers. It runs on the CPU,
 * since other devices do not report NaN reliably.
 * @returns the reason where the file cannot be run that way
 */
export async function examineNumerics(model: ExaminedModel, asked: NumericsAsked): Promise<NumericsFound | string> {
  const { threads, data, prepared } = model;
  const file = await readModel(model.path);
  if (file.sha256 !== model.sha256) return 'the file has changed since the analysis began';
  const opset = file.opsets[''] ?? 0;
  if (opset < OLDEST_OPSET) return `it is written for operator set ${opset}, which has no IsNaN to look with`;
  const elements = [...file.graph.initializers.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  if (4 * WEIGHT_COPIES * elements > MEMORY_SHARE * model.memoryBytes) return 'its weights take too much memory';
  const ready = await runnableGraph(file, threads).catch((fault: unknown) => reason(fault));
  if (typeof ready === 'string') return ready;
  const runnable = { ...ready, graph: withShared(ready.graph, data.shared) };
  const own: OwnData = { data, source: prepared.source, fed: runnable.fed };
  const ran = await runAll(runnable, { file, own, model }, asked);
  if (typeof ran === 'string') return ran;

  const { values, witnesses, batchSize, samples } = ran;
  const alone = (sample: number): OwnBatch => {
    const one = { ...own, data: oneSample(data, sample) };
    const [batch] = ownBatches(one, model.fixedBatch === null ? 1 : batchSize);
    return batch as OwnBatch;
  };
  const troubles: NumericalTrouble[] = [];
  for (const trouble of troublesOf(values)) {
    asked.signal?.throwIfAborted();
    const batch = witnesses.get(keyOf(trouble));
    const request = { graph: runnable.graph, values, threads, alone };
    troubles.push(told(values, trouble, batch ? await witnessOf(request, trouble, batch) : null));
  }
  const headroom = headroomOf(values).map(({ node, ...rest }): NodeHeadroom => ({
    node: node.name,
    operator: node.op,
    ...rest,
  }));
  const notes = ready.note === null ? [] : [ready.note];
  return { troubles, headroom, samples, values: values.graph.seen.size, notes };
}

interface Ran {
  values: SeenValues;
  /** The batch in which each trouble first showed. */
  witnesses: ReadonlyMap<string, OwnBatch>;
  batchSize: number;
  samples: number;
}

async function runAll(
  { graph, elements }: RunnableGraph,
  { file, own, model }: { file: OnnxModel; own: OwnData; model: ExaminedModel },
  { samples, untilNonFinite, signal }: NumericsAsked,
): Promise<Ran | string> {
  const known = {
    nodes: graph.nodes,
    inputs: file.graph.inputs.map(({ name }) => name),
    outputs: file.graph.outputs.map(({ name }) => name),
    initializers: graph.initializers,
    trained: new Set(model.prepared.classification.flatMap((each) => (each.trained ? [each.name] : []))),
    elements,
  };
  const probes = probesOf(probed(graph.nodes, elements));
  const session = await openOwnSession(graph, probes.outputs, { threads: model.threads, added: probes });
  const witnesses = new Map<string, OwnBatch>();
  let values = new SeenValues({ ...known, seen: new Map() });
  try {
    const { batchSize, first } = await fittingBatch(session, probes, own, model);
    let done = 0;
    for (const batch of ownBatches(own, batchSize)) {
      signal?.throwIfAborted();
      const found = batch.start === 0 ? first : await look(session, probes, batch);
      const seen = new Map([...found].map(([name, one]) => [name, withEarlier(values.graph.seen.get(name), one)]));
      values = new SeenValues({ ...known, seen }, values);
      done = batch.start + batch.count;
      const troubles = troublesOf(values);
      for (const trouble of troubles) if (!witnesses.has(keyOf(trouble))) witnesses.set(keyOf(trouble), batch);
      const looksOn = untilNonFinite && !troubles.some(({ problem }) => problem === 'NaN' || problem === 'infinity');
      if (done >= samples && !looksOn) break;
    }
    return { values, witnesses, batchSize, samples: done };
  } catch (fault) {
    if (signal?.aborted) throw fault;
    return reason(fault);
  } finally {
    await session.release();
  }
}

const reason = (fault: unknown) => `the runtime refuses it: ${fault instanceof Error ? fault.message : String(fault)}`;

const look = async (session: RuntimeSession, probes: Probes, { feeds }: OwnBatch) =>
  probes.read(await session.run(feeds));

const withEarlier = (earlier: Seen | undefined, seen: Seen) => (earlier ? joined(earlier, seen) : seen);

const keyOf = ({ problem, value }: FoundTrouble) => `${problem} ${value}`;

/** Runs the first batch, of one sample where the file does not take more. */
async function fittingBatch(
  session: RuntimeSession,
  probes: Probes,
  own: OwnData,
  { batchSize, fixedBatch }: ExaminedModel,
): Promise<{ batchSize: number; first: Map<string, Seen> }> {
  const attempt = async (size: number) => {
    const [batch] = ownBatches(own, size);
    return { batchSize: size, first: await look(session, probes, batch as OwnBatch) };
  };
  const size = fixedBatch ?? batchSize;
  return attempt(size).catch((fault: unknown) =>
    size > 1 && fixedBatch === null ? attempt(1) : Promise.reject(fault as Error),
  );
}

/** Gives inputs that have a default value the one that all samples share. */
function withShared(
  graph: RunnableGraph['graph'],
  shared: Readonly<Record<string, Tensor>> = {},
): RunnableGraph['graph'] {
  const given = Object.entries(shared).filter(([name]) => graph.initializers.has(name));
  return given.length === 0 ? graph : { ...graph, initializers: new Map([...graph.initializers, ...given]) };
}

/** What to look at: every floating value, and closer where a logarithm or a division reads it. */
function probed(nodes: readonly SourceNode[], elements: ReadonlyMap<string, FloatElement>): Probed[] {
  const sensitive = new Set(nodes.flatMap((node) => node.inputs.filter((name) => wantsNoZero(node, name))));
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  return [...elements].map(([name, element]) => {
    const node = producers.get(name);
    const isSameType = node?.inputs.every((input) => elements.get(input) === element) ?? false;
    return { name, element, least: sensitive.has(name), product: node && isProduct(node) && isSameType ? node : null };
  });
}

function told(values: SeenValues, trouble: FoundTrouble, witness: Witness | null): NumericalTrouble {
  const { node, value, problem, number, factor, reaches } = trouble;
  return {
    node: node?.name ?? value,
    operator: node?.op ?? 'input',
    problem,
    from: fedBy(values, trouble),
    value: number,
    factor: factor ?? null,
    samples: witness?.samples ?? null,
    deed: witness?.deed ?? null,
    reaches,
  };
}
