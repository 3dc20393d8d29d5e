import { byName } from '../graph/byName';
import type { ExternalData } from './externalData';
import { EXPORT_AGAIN, ModelFileError } from './modelFileError';
import type { FileAttribute, FileGraph, FileNode, OnnxFunction, StoredTensor } from './model';
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, OperatorSetIdProto, TensorProto } from './onnx_pb';
import { AttributeProto_AttributeType as AttributeType } from './onnx_pb';
import { sortNodes } from './sortNodes';
import { valueInfo } from './valueInfo';
import { densified, ElementFault, storedTensor, TensorFault } from './storedTensor';

/** The source of a graph: the file, for messages, and the weights beside it. */
export interface ReadContext {
  path: string;
  external: ExternalData;
}

/**
 * The plain form of a graph, with complete and checked names and nodes in topological order.
 * @param outer names a subgraph may read from the graphs around it
 * @throws ModelFileError naming every offender of the first rule that is broken
 */
export function readGraph(proto: GraphProto, context: ReadContext, outer: ReadonlySet<string> = new Set()): FileGraph {
  const { initializers, labels } = readInitializers(proto, context);
  const inputs = proto.input.map(valueInfo).filter(({ name }) => !initializers.has(name) && !labels.includes(name));
  const defaults = proto.input.flatMap(({ name }) => (initializers.has(name) ? [name] : []));
  const given = [...inputs.map(({ name }) => name), ...initializers.keys(), ...labels];
  const nodes = readNodes(proto.node, given, context, outer);
  const outputs = proto.output.map(valueInfo);
  const known = new Set([...given, ...nodes.flatMap((node) => node.outputs), ...outer]);
  const missing = outputs.filter(({ name }) => !known.has(name));
  if (missing.length > 0) {
    throw damaged(
      'Nothing computes these outputs of the model.',
      missing.map(({ name }) => `output "${name}"`),
      context,
    );
  }
  return {
    name: proto.name,
    nodes,
    initializers,
    inputs,
    ...(defaults.length > 0 ? { defaults } : {}),
    outputs,
    valueInfo: new Map(proto.valueInfo.map(valueInfo).map((info) => [info.name, info])),
  };
}

export function readFunction(proto: FunctionProto, context: ReadContext): OnnxFunction {
  const domain = standardDomain(proto.domain);
  const nodes = readNodes(proto.node, proto.input, context, new Set());
  const known = new Set([...proto.input, ...nodes.flatMap((node) => node.outputs)]);
  const missing = proto.output.filter((name) => !known.has(name));
  if (missing.length > 0) {
    const places = missing.map((name) => `output "${name}" of function ${proto.name}`);
    throw damaged('Nothing computes these outputs of a function.', places, context);
  }
  return {
    name: proto.name,
    domain,
    overload: proto.overload,
    inputs: proto.input,
    outputs: proto.output,
    defaults: readAttributes(proto.attributeProto, `function ${proto.name}`, context, new Set()),
    nodes,
    opsets: readOpsets(proto.opsetImport),
  };
}

/** Versions of the imported sets by domain. The standard's long name means the same as none. */
export function readOpsets(imports: readonly OperatorSetIdProto[]): Record<string, number> {
  return byName(
    Object.fromEntries(imports.map(({ domain = '', version }) => [standardDomain(domain), Number(version)])),
  );
}

function standardDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function damaged(what: string, where: readonly string[], { path }: ReadContext): ModelFileError {
  return new ModelFileError({ what, where: where.map((place) => `${path}: ${place}`), action: EXPORT_AGAIN });
}

/** `labels` are the names of strings and the like. Code that computes with them reports it; a classifier may only look up its answers there. */
function readInitializers(
  proto: GraphProto,
  context: ReadContext,
): { initializers: Map<string, StoredTensor>; labels: string[] } {
  const labels: string[] = [];
  const faults = new Map<string, string[]>();
  const initializers = new Map<string, StoredTensor>();
  const add = (name: string, read: () => StoredTensor) => {
    try {
      if (initializers.has(name)) throw new TensorFault('there is another initializer of this name');
      initializers.set(name, read());
    } catch (fault) {
      if (!(fault instanceof TensorFault)) throw fault;
      if (fault instanceof ElementFault) labels.push(name);
      else faults.set(name, [...(faults.get(name) ?? []), fault.message]);
    }
  };
  for (const tensor of proto.initializer) add(tensor.name, () => storedTensor(tensor, context.external));
  for (const sparse of proto.sparseInitializer) {
    add(sparse.values?.name ?? '', () => densified(sparse, context.external));
  }
  if (faults.size > 0) {
    const places = [...faults].map(([name, reasons]) => `initializer "${name}": ${reasons.join('; ')}`);
    throw damaged(
      faults.size === 1
        ? 'A tensor of the model cannot be read.'
        : `${faults.size} tensors of the model cannot be read.`,
      places,
      context,
    );
  }
  return { initializers, labels };
}

/** Nodes in topological order. `given` are the names defined before the first node. */
function readNodes(
  protos: readonly NodeProto[],
  given: readonly string[],
  context: ReadContext,
  outer: ReadonlySet<string>,
): FileNode[] {
  const names = nodeNames(protos);
  const nameless = names.filter((_, i) => protos[i].opType === '');
  if (nameless.length > 0) {
    throw damaged(
      'The model has nodes without an operator.',
      nameless.map((name) => `node "${name}"`),
      context,
    );
  }
  checkSingleDefinition(protos, names, given, context);
  // A subgraph sees all names of the graph around it. Sorting decides whether they are defined in time.
  const inner = protos.some(hasSubgraph) ? new Set([...outer, ...given, ...protos.flatMap((p) => p.output)]) : outer;
  const nodes = protos.map((proto, i) => ({
    name: names[i],
    op: proto.opType,
    domain: standardDomain(proto.domain),
    overload: proto.overload,
    inputs: proto.input,
    outputs: proto.output,
    attributes: readAttributes(proto.attribute, `${proto.opType} "${names[i]}"`, context, inner),
  }));
  const { sorted, undefinedReads, cycle } = sortNodes(nodes, new Set([...given, ...outer]));
  if (undefinedReads.length > 0) {
    const places = undefinedReads.map(({ node, name }) => `${node.op} "${node.name}" reads "${name}"`);
    throw damaged('Nodes of the model read values that nothing computes.', places, context);
  }
  if (cycle) {
    const places = cycle.map((node) => `${node.op} "${node.name}"`);
    throw damaged('The model contains a cycle: these nodes depend on one another.', places, context);
  }
  return sorted;
}

/** Every node gets a name, `Conv_3` for the fourth node if that one is free. */
function nodeNames(protos: readonly NodeProto[]): string[] {
  const used = new Set(protos.map(({ name }) => name));
  return protos.map(({ name, opType }, i) => {
    if (name !== '') return name;
    let made = `${opType || 'node'}_${i}`;
    while (used.has(made)) made += '_';
    used.add(made);
    return made;
  });
}

function checkSingleDefinition(
  protos: readonly NodeProto[],
  names: readonly string[],
  given: readonly string[],
  context: ReadContext,
): void {
  const definedBy = new Map<string, string>();
  const places: string[] = [];
  const define = (name: string, by: string) => {
    const first = definedBy.get(name);
    if (first) places.push(`"${name}", by ${first} and by ${by}`);
    else definedBy.set(name, by);
  };
  for (const name of given) define(name, 'the inputs and initializers');
  for (const [i, { output, opType }] of protos.entries()) {
    for (const name of output) if (name !== '') define(name, `${opType} "${names[i]}"`);
  }
  if (places.length > 0) throw damaged('The model defines a value more than once.', places, context);
}

function hasSubgraph({ attribute }: NodeProto): boolean {
  return attribute.some(({ type }) => type === AttributeType.GRAPH || type === AttributeType.GRAPHS);
}

function readAttributes(
  protos: readonly AttributeProto[],
  owner: string,
  context: ReadContext,
  outer: ReadonlySet<string>,
): Record<string, FileAttribute> {
  return Object.fromEntries(
    protos.map((proto) => {
      try {
        return [proto.name, readAttribute(proto, context, outer)];
      } catch (fault) {
        if (!(fault instanceof TensorFault)) throw fault;
        throw damaged(
          'A tensor of the model cannot be read.',
          [`${owner}, "${proto.name}": ${fault.message}`],
          context,
        );
      }
    }),
  );
}

const utf8 = new TextDecoder();

function readAttribute(proto: AttributeProto, context: ReadContext, outer: ReadonlySet<string>): FileAttribute {
  if (proto.refAttrName !== '') return { kind: 'reference', value: proto.refAttrName };
  const { type = AttributeType.UNDEFINED } = proto;
  switch (type) {
    case AttributeType.INT:
      return { kind: 'int', value: Number(proto.i ?? 0n) };
    case AttributeType.INTS:
      return { kind: 'ints', value: proto.ints.map(Number) };
    case AttributeType.FLOAT:
      return { kind: 'float', value: proto.f ?? 0 };
    case AttributeType.FLOATS:
      return { kind: 'floats', value: proto.floats };
    case AttributeType.STRING:
      return { kind: 'string', value: utf8.decode(proto.s) };
    case AttributeType.STRINGS:
      return { kind: 'strings', value: proto.strings.map((bytes) => utf8.decode(bytes)) };
    case AttributeType.TENSOR:
      return tensors(() => ({ kind: 'tensor', value: storedTensor(present(proto.t), context.external) }));
    case AttributeType.TENSORS:
      return tensors(() => ({ kind: 'tensors', value: proto.tensors.map((t) => storedTensor(t, context.external)) }));
    case AttributeType.SPARSE_TENSOR:
      return tensors(() => ({ kind: 'tensor', value: densified(present(proto.sparseTensor), context.external) }));
    case AttributeType.GRAPH:
      return { kind: 'graph', value: readGraph(present(proto.g), context, outer) };
    case AttributeType.GRAPHS:
      return { kind: 'graphs', value: proto.graphs.map((graph) => readGraph(graph, context, outer)) };
    default:
      return { kind: 'other', value: AttributeType[type] ?? `type ${type}` };
  }
}

/** Labels and the like are no reason to refuse a model. Code that computes with them reports it. */
function tensors(read: () => FileAttribute): FileAttribute {
  try {
    return read();
  } catch (fault) {
    if (fault instanceof ElementFault) return { kind: 'other', value: fault.message };
    throw fault;
  }
}

function present<T extends TensorProto | GraphProto | object>(value: T | undefined): T {
  if (!value) throw new TensorFault('its value is missing');
  return value;
}
