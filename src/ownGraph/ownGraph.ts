import { floatShadow } from '../model/floatShadow';
import type { OnnxModel } from '../onnx/model';
import type { FloatElement } from './floatElements';
import { floatElement } from './floatElements';
import type { OwnGraph } from './ownSession';
import { openOwnSession } from './ownSession';
import { fedName, withStoredTypes } from './storedTypes';

/** The user's own graph with what the runtime says about it. */
export interface RunnableGraph {
  graph: OwnGraph;
  /** Floating type of every value that has one, in topological order, the inputs first. */
  elements: ReadonlyMap<string, FloatElement>;
  /** The name under which each input of the file is fed. */
  fed: ReadonlyMap<string, string>;
  /** A sentence where the graph runs in other types than the file's. */
  note: string | null;
}

/**
 * Makes the user's own graph ready to run: the operators of the file in its own types. The CPU has no kernels for
 * bfloat16 and narrower types, so a file with those runs in float32.
 * @throws Error with the runtime's message if it takes the graph in neither form
 */
export async function runnableGraph(model: OnnxModel, threads: number): Promise<RunnableGraph> {
  const { opsets, irVersion, graph } = model;
  const narrow = graph.inputs.map((input): [string, string] => [input.name, fedName(input)]);
  const stored = { ...withStoredTypes(graph), opsets, irVersion };
  try {
    return { graph: stored, elements: await elementsOf(stored, threads), fed: new Map(narrow), note: null };
  } catch (fault) {
    const wide = inFloat32(model);
    const elements = await elementsOf(wide, threads).catch(() => null);
    // The message about the file itself says more than the one about its float32 form.
    if (!elements) throw fault;
    const fed = new Map(graph.inputs.map(({ name }) => [name, name]));
    return {
      graph: wide,
      elements,
      fed,
      note: 'The runtime cannot compute in the types of this file; it ran in float32.',
    };
  }
}

function inFloat32({ graph, opsets, irVersion }: OnnxModel): OwnGraph {
  const inputs = graph.inputs.map(({ name, dtype, shape }) => ({ name, dtype, shape }));
  const usable = graph.inputs.flatMap(({ name, dtype, shape }) => (dtype && shape ? [{ name, dtype, shape }] : []));
  const source = { ...graph, inputs: usable, outputs: graph.outputs.map(({ name }) => name), opsets };
  const { nodes, initializers } = floatShadow(source);
  return { nodes, initializers, inputs, opsets, irVersion };
}

async function elementsOf(graph: OwnGraph, threads: number): Promise<Map<string, FloatElement>> {
  const made = graph.nodes.flatMap(({ outputs }) => outputs.filter((name) => name !== ''));
  const session = await openOwnSession(graph, made, { threads });
  try {
    const types = session.outputTypes();
    const elements = new Map<string, FloatElement>();
    for (const { name, dtype } of graph.inputs) {
      const element = dtype && floatElement(dtype);
      if (element) elements.set(name, element);
    }
    for (const name of made) {
      const element = floatElement(types.get(name) ?? '');
      if (element) elements.set(name, element);
    }
    return elements;
  } finally {
    await session.release();
  }
}
