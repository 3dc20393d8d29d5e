import { missingRules } from '../../src/autodiff/differentiate';
import { fileURLToPath } from 'node:url';
import { Engine } from '../../src/engine/engine';
import { RuntimeSession } from '../../src/engine/runtime';
import type { SourceGraph } from '../../src/graph/source';
import type { Tensor } from '../../src/graph/tensor';
import { lowerModel } from '../../src/model/lowered';
import { prepareModel } from '../../src/model/prepared';
import { trainedNames } from '../../src/model/trained';
import type { OnnxModel } from '../../src/onnx/model';
import { parseModel } from '../../src/onnx/read';
import { writeModel } from '../../src/onnx/write';

type Tensors = Readonly<Record<string, Tensor>>;

/** Writes a graph to the model file that an exporter would write, and reads it back. */
export function fileOf(graph: SourceGraph): OnnxModel {
  const outputs = graph.outputs.map((name) => ({ name, dtype: null, shape: null }));
  const { bytes } = writeModel({ graph: { ...graph, outputs }, opset: graph.opsets[''], opsets: graph.opsets });
  return parseModel(bytes, fileURLToPath(import.meta.url));
}

/** Computes the outputs of the graph as it is with ONNX Runtime. */
export async function runtimeOutputs(graph: SourceGraph, feeds: Tensors): Promise<Tensors> {
  const ports = graph.inputs.map((input) => ({ ...input, shape: feeds[input.name].shape }));
  const outputs = graph.outputs.map((name) => ({ name, dtype: null, shape: null }));
  const [nodes, initializers, opset] = [[...graph.nodes], new Map(graph.initializers), graph.opsets['']];
  const emitted = { opset, nodes, initializers, inputs: ports, outputs };
  const session = await RuntimeSession.open(emitted, { provider: 'cpu', threads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

export interface ModelRun {
  outputs: Tensors;
  parameters: Readonly<Record<string, Tensor>>;
  notes: readonly string[];
  /** Operators without a derivative. */
  missing: readonly string[];
}

/** Prepares and lowers a model, and runs the lowered graph. */
export async function loweredRun(model: OnnxModel, feeds: Tensors): Promise<ModelRun> {
  const prepared = prepareModel(model);
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const shapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape]));
    const lowered = await lowerModel(prepared, shapes, trainedNames(prepared, [], model.path), engine);
    const { g, inputs, outputs, parameters } = lowered;
    const theta = parameters.map(({ value }) => value);
    const missing = missingRules(Object.values(outputs), theta);
    const constants = new Map(parameters.map(({ value, tensor }) => [value, tensor]));
    const program = await engine.compile(g, { inputs, outputs, constants });
    return {
      outputs: await program.run(feeds),
      parameters: Object.fromEntries(parameters.map(({ name, tensor }) => [name, tensor])),
      notes: prepared.notes,
      missing: missing.map(({ op, origin }) => `${op} of ${origin}`),
    };
  } finally {
    await engine.dispose();
  }
}
