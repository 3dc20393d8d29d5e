import { Engine } from '../../engine/engine';
import type { Node, Value } from '../../graph/graph';
import { constantOf, nodesOf } from '../../graph/graph';
import type { Tensor } from '../../graph/tensor';
import { isFloat, sizeOf } from '../../graph/tensor';
import type { LossGraph } from './lossGraph';
import { WEIGHTS, gradient } from './lossGraph';
import type { NonFiniteFigure } from './nonFiniteText';
import { explain, firstBad } from './nonFiniteText';

type Figure = 'loss' | 'gradient';

/**
 * Finds the first sample whose loss or gradient is not finite, and the operator that first produces NaN or ∞ for it. It
 * runs on the CPU, since other devices do not report NaN reliably. Where samples affect each other, as in batch
 * normalization in training mode, a sample on its own gives another result, so the whole batch is examined instead. The
 * cost is a loss or gradient for each batch up to that one, one for each sample of it, and one that keeps all
 * intermediate values.
 * @returns null where every batch is finite on its own
 */
export async function findNonFinite(
  graph: LossGraph,
  batches: readonly {
    tensors: Readonly<Record<string, Tensor>>;
    count: number;
  }[],
  figure: Figure,
): Promise<NonFiniteFigure | null> {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const { perSample } = graph.head;
    const output = figure === 'loss' ? perSample : gradient(graph);
    const run = await runner(engine, graph, { output, perSample });
    let first = 0;
    for (const { tensors, count } of batches) {
      const together = await run(tensors);
      if (firstBad(together.output) !== null) {
        const asked = { figure, output };
        for (let i = 0; i < count; i++) {
          const feeds = onlySample(tensors, i, graph.batchSize);
          const alone = await run(feeds);
          if (actsOnOthers(together.perSample, alone.perSample, i)) {
            const at = figure === 'loss' ? firstBad(together.output)!.at : null;
            const samples = at === null ? `samples ${first} to ${first + count - 1}` : `sample ${first + at}`;
            return await named(engine, graph, tensors, { ...asked, samples });
          }
          if (firstBad(alone.output) !== null)
            return await named(engine, graph, feeds, {
              ...asked,
              samples: `sample ${first + i}`,
            });
        }
      }
      first += count;
    }
    return null;
  } finally {
    await engine.dispose();
  }
}

/**
 * Whether a sample's loss differs in a batch and alone by more than rounding. A loss for the whole batch cannot tell.
 */
function actsOnOthers({ data: together }: Tensor, { data: alone }: Tensor, i: number): boolean {
  if (together.length === 1) return false;
  const [a, b] = [Number(together[i]), Number(alone[i])];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.isFinite(a) !== Number.isFinite(b);
  return Math.abs(a - b) > 1e-3 * Math.max(Math.abs(a), Math.abs(b)) + 1e-6;
}

/** Makes a batch that consists of copies of one sample. */
function onlySample(tensors: Readonly<Record<string, Tensor>>, i: number, batchSize: number): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, t]) => {
      if (name === WEIGHTS) return [name, { ...t, data: new Float64Array(batchSize).fill(1 / batchSize) }];
      const size = sizeOf(t.shape.slice(1));
      const data = t.data.slice();
      for (let k = 0; k < batchSize; k++) data.set(t.data.subarray(i * size, (i + 1) * size) as never, k * size);
      return [name, { ...t, data }];
    }),
  );
}

async function runner(engine: Engine, graph: LossGraph, outputs: Record<string, Value>) {
  const program = await engine.compile(graph.g, {
    inputs: { ...graph.data, [WEIGHTS]: graph.weights },
    outputs,
    constants: new Map(graph.parameters.map(({ value, tensor }) => [value, tensor])),
  });
  return (feeds: Record<string, Tensor>) => program.run(feeds);
}

interface Found {
  figure: Figure;
  output: Value;
  samples: string;
}

async function named(
  engine: Engine,
  graph: LossGraph,
  feeds: Record<string, Tensor>,
  { figure, output, samples }: Found,
): Promise<NonFiniteFigure> {
  const values = nodesOf([output])
    .filter(({ op }) => op !== 'Constant')
    .flatMap((node) => node.outputs)
    .filter(({ dtype }) => isFloat(dtype));
  const run = await runner(engine, graph, Object.fromEntries(values.map((value) => [`at ${value.id}`, value])));
  const results = await run(feeds);
  const inputs = new Map<Value, Tensor>([
    ...graph.parameters.map(({ value, tensor }): [Value, Tensor] => [value, tensor]),
    ...Object.entries({ ...graph.data, [WEIGHTS]: graph.weights }).map(([name, value]): [Value, Tensor] => [
      value,
      feeds[name],
    ]),
  ]);
  const tensorOf = (value: Value) => results[`at ${value.id}`] ?? inputs.get(value) ?? constantOf(value);
  const { node, value } = originOf(output, tensorOf);
  return explain({
    figure,
    samples,
    node,
    result: value,
    tensorOf,
    ofModel: nodesOf([graph.head.perSample]),
  });
}

/**
 * Walks back from a result along operands that are NaN, then along infinite ones to the operator that produced the
 * infinity. An infinity in the data or in a constant, such as a mask, is intended: the origin is then the operator that
 * turns it into NaN.
 */
function originOf(output: Value, tensorOf: (value: Value) => Tensor | null): { node: Node | null; value: Value } {
  const badOf = (value: Value) => {
    const tensor = isFloat(value.dtype) ? tensorOf(value) : null;
    return tensor && firstBad(tensor);
  };
  const badOperands = ({ node }: Value) => (node?.inputs ?? []).filter((operand) => badOf(operand) !== null);
  const isMade = (infinite: Value): boolean => {
    const [operand] = badOperands(infinite);
    return operand ? isMade(operand) : infinite.node !== null && infinite.node.op !== 'Constant';
  };
  let value = output;
  for (;;) {
    const bad = badOperands(value);
    const next = bad.find((operand) => Number.isNaN(badOf(operand)?.value)) ?? bad.find(isMade);
    if (!next) return { node: value.node, value };
    value = next;
  }
}
