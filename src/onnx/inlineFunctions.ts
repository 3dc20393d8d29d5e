import { byName } from '../graph/byName';
import type { SourceNode } from '../graph/source';
import { formatExactCount } from '../text/counts';
import { EXPORT_AGAIN, ModelFileError } from './modelFileError';
import type {
  FileAttribute,
  FileGraph,
  FileNode,
  OnnxAttribute,
  OnnxFunction,
  OnnxGraph,
  OnnxNode,
  OnnxValueInfo,
} from './model';

/** A graph with every call replaced, and the operator sets that its nodes now need. */
export interface Inlined {
  graph: OnnxGraph;
  opsets: Record<string, number>;
}

/**
 * Replaces every call of a function of the model by the function's nodes, including calls inside them. The call gives its
 * name to the values and nodes of a body: `Block_3/Relu_1`.
 * @throws ModelFileError if a function calls itself, or needs another version of an operator set than the model
 */
export function inlineFunctions(
  graph: FileGraph,
  functions: readonly OnnxFunction[],
  opsets: Readonly<Record<string, number>>,
  path: string,
): Inlined {
  const inliner = new Inliner(functions, byName({ ...opsets }), path, graph);
  return { graph: inliner.graph(graph, IN_FILE), opsets: inliner.opsets };
}

type Callable = Pick<FileNode, 'domain' | 'op' | 'overload'>;

const keyOf = ({ domain, op, overload }: Callable) => `${domain}::${op}:${overload}`;

/** How the names and attributes of one body become those of the graph it goes into. */
interface Frame {
  rename: (name: string) => string;
  nodeName: (name: string) => string;
  attributes: Readonly<Record<string, OnnxAttribute>>;
  /** The calls around it, outermost first. */
  calls: readonly string[];
}

/** Nodes to inline, and the nodes that follow them. */
interface Body {
  nodes: readonly FileNode[];
  frame: Frame;
  last: readonly OnnxNode[];
}

const IN_FILE: Frame = { rename: (name) => name, nodeName: (name) => name, attributes: {}, calls: [] };

/** Largest number of nodes. Forty functions that each call the next one twice have 2⁴⁰ nodes; exported networks have about ten thousand. */
const MOST_NODES = 2 ** 18;

class Inliner {
  private made = 0;
  private readonly functions: Map<string, OnnxFunction>;
  private readonly used: Set<string>;

  constructor(
    functions: readonly OnnxFunction[],
    readonly opsets: Record<string, number>,
    private readonly path: string,
    graph: FileGraph,
  ) {
    this.functions = new Map(functions.map((f) => [keyOf({ ...f, op: f.name }), f]));
    this.used = new Set(namesIn(graph));
  }

  graph(graph: FileGraph, frame: Frame): OnnxGraph {
    const renameAll = <T>(map: ReadonlyMap<string, T>) => new Map([...map].map(([name, t]) => [frame.rename(name), t]));
    const info = (value: OnnxValueInfo) => ({ ...value, name: frame.rename(value.name) });
    return {
      name: graph.name,
      nodes: this.nodes(graph.nodes, frame),
      initializers: renameAll(graph.initializers),
      inputs: graph.inputs.map(info),
      ...(graph.defaults ? { defaults: graph.defaults.map(frame.rename) } : {}),
      outputs: graph.outputs.map(info),
      valueInfo: renameAll(new Map([...graph.valueInfo].map(([name, value]) => [name, info(value)]))),
    };
  }

  /** Bodies being inlined, the innermost last. Functions may be nested deeper than our call stack. */
  private nodes(nodes: readonly FileNode[], frame: Frame): OnnxNode[] {
    const written: OnnxNode[] = [];
    const open: Body[] = [{ nodes, frame, last: [] }];
    const reached = [0];
    while (open.length > 0) {
      const body = open.at(-1)!;
      const at = reached[open.length - 1]++;
      if (at === body.nodes.length) {
        for (const node of body.last) written.push(node);
        open.pop();
        reached.pop();
        continue;
      }
      const node = this.renamed(body.nodes[at], body.frame);
      if (++this.made > MOST_NODES) throw this.tooMany(node);
      const called = this.functions.get(keyOf(body.nodes[at]));
      if (called) {
        open.push(this.body(called, node, body.frame));
        reached.push(0);
      } else written.push(node);
    }
    return written;
  }

  private renamed(node: FileNode, frame: Frame): OnnxNode {
    return {
      name: frame.nodeName(node.name),
      op: node.op,
      domain: node.domain,
      inputs: node.inputs.map(frame.rename),
      outputs: node.outputs.map(frame.rename),
      attributes: this.attributes(node.attributes, frame),
    };
  }

  private body(called: OnnxFunction, call: OnnxNode, { calls }: Frame): Body {
    const key = keyOf({ ...called, op: called.name });
    if (calls.includes(key)) {
      throw new ModelFileError({
        what: `The function ${called.name} of the model calls itself.`,
        where: [`${this.path}: ${call.op} "${call.name}"`],
        action: EXPORT_AGAIN,
      });
    }
    this.adoptOpsets(called, call);
    const names = new Map<string, string>([['', '']]);
    for (const [i, name] of called.inputs.entries()) names.set(name, call.inputs[i] ?? '');
    const passed: SourceNode[] = [];
    for (const [i, name] of called.outputs.entries()) {
      const result = call.outputs[i] ?? '';
      // A body may return an input, or the same value twice; such an output needs its own node.
      if (names.has(name)) passed.push(identity(`${call.name}/output_${i}`, names.get(name)!, result));
      else if (result !== '') names.set(name, result);
    }
    const rename = (name: string) => {
      let known = names.get(name);
      if (known === undefined) {
        known = this.fresh(`${call.name}/${name}`);
        names.set(name, known);
      }
      return known;
    };
    const attributes = {
      ...this.attributes(called.defaults, { ...IN_FILE, calls }),
      ...call.attributes,
    };
    const nodeName = (name: string) => `${call.name}/${name}`;
    const frame = { rename, nodeName, attributes, calls: [...calls, key] };
    return { nodes: called.nodes, frame, last: passed.filter(({ outputs }) => outputs[0] !== '') as OnnxNode[] };
  }

  /** A reference to an omitted attribute omits it, too. */
  private attributes(attributes: Readonly<Record<string, FileAttribute>>, frame: Frame): Record<string, OnnxAttribute> {
    const entries = Object.entries(attributes).flatMap(([name, attribute]): [string, OnnxAttribute][] => {
      switch (attribute.kind) {
        case 'reference': {
          const given = Object.hasOwn(frame.attributes, attribute.value) ? frame.attributes[attribute.value] : null;
          return given ? [[name, given]] : [];
        }
        case 'graph':
          return [[name, { kind: 'graph', value: this.graph(attribute.value, frame) }]];
        case 'graphs':
          return [[name, { kind: 'graphs', value: attribute.value.map((graph) => this.graph(graph, frame)) }]];
        default:
          return [[name, attribute]];
      }
    });
    return Object.fromEntries(entries);
  }

  private tooMany({ op, name }: OnnxNode): ModelFileError {
    return new ModelFileError({
      what: `The model has more than ${formatExactCount(MOST_NODES)} nodes once its functions are inlined.`,
      where: [`${this.path}: ${op} "${name}"`],
      action: EXPORT_AGAIN,
    });
  }

  private fresh(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.used.has(name); i++) name = `${wanted}_${i}`;
    this.used.add(name);
    return name;
  }

  /** The function's own imports define its operators, and a model has one version of each set. */
  private adoptOpsets(called: OnnxFunction, call: OnnxNode): void {
    for (const node of called.nodes) {
      if (this.functions.has(keyOf(node))) continue;
      const wanted = called.opsets[node.domain];
      if (wanted === undefined) continue;
      const present = (this.opsets[node.domain] ??= wanted);
      if (present === wanted) continue;
      const set = node.domain || 'the standard operator set';
      throw new ModelFileError({
        what: `The function ${called.name} uses version ${wanted} of ${set}, but the model uses version ${present}.`,
        where: [`${this.path}: ${call.op} "${call.name}"`],
        action:
          'Inline the functions with one version: onnx.inliner.inline_local_functions(model, convert_version=True).',
      });
    }
  }
}

function identity(name: string, from: string, to: string): OnnxNode {
  return { name, op: 'Identity', domain: '', inputs: [from], outputs: [to], attributes: {} };
}

function namesIn(graph: FileGraph): string[] {
  const inner = graph.nodes.flatMap((node) =>
    Object.values(node.attributes).flatMap((attribute) => {
      if (attribute.kind === 'graph') return namesIn(attribute.value);
      return attribute.kind === 'graphs' ? attribute.value.flatMap(namesIn) : [];
    }),
  );
  const own = [...graph.inputs.map(({ name }) => name), ...graph.initializers.keys()];
  return [...own, ...graph.nodes.flatMap((node) => node.outputs), ...inner];
}
