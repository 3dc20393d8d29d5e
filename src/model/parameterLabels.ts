import type { SourceGraph } from '../graph/source';
import type { SourceIndex, Use } from '../graph/sourceIndex';
import { indexOf } from '../graph/sourceIndex';

/** Names that exporters give to tensors that they transposed, fused or folded: `onnx::MatMul_200`, `_val_3`, `const_7`. */
const GENERATED = /^(?:onnx::\w+|_?(?:val|const|constant|initializer|tensor|folded)_?\d+|\d+)$/i;

/** What an operator does with its inputs that are weights, by their place. */
const ROLES: Readonly<Record<string, readonly (string | undefined)[]>> = {
  MatMul: ['weight', 'weight'],
  Gemm: [undefined, 'weight', 'bias'],
  Conv: [undefined, 'weight', 'bias'],
  ConvTranspose: [undefined, 'weight', 'bias'],
  Add: ['bias', 'bias'],
  Mul: ['scale', 'scale'],
  Gather: ['table'],
  LSTM: [undefined, 'inputWeight', 'recurrentWeight', 'bias'],
  GRU: [undefined, 'inputWeight', 'recurrentWeight', 'bias'],
  RNN: [undefined, 'inputWeight', 'recurrentWeight', 'bias'],
  BatchNormalization: [undefined, 'weight', 'bias'],
  LayerNormalization: [undefined, 'weight', 'bias'],
};

/**
 * Finds a name to show for each parameter whose own name an exporter generated: its layer and what it is there,
 * `layers.0.linear.weight` for `onnx::MatMul_200` of `/layers.0/linear/MatMul`. The layer is that of a bias beside it
 * which kept its name, since the scopes of nodes may lack the number of a block, or else the scope of its reader. A parameter whose
 * readers have no names keeps its own. No two parameters get the same name, nor the name of another one.
 * @returns the names by parameter, of those that get one
 */
export function parameterLabels(
  source: Pick<SourceGraph, 'nodes'>,
  parameters: readonly string[],
): ReadonlyMap<string, string> {
  const generated = parameters.filter((name) => GENERATED.test(name));
  const labels = new Map<string, string>();
  if (generated.length === 0) return labels;
  const index = indexOf(source);
  const taken = new Set(parameters);
  const named = new Set(parameters.filter((name) => !GENERATED.test(name)));
  for (const name of generated) {
    const use = (index.uses.get(name) ?? []).find(({ node }) => scopeOf(node.name) !== null);
    const label = use && labelsOf(use, layerBeside(use, index, named)).find((each) => !taken.has(each));
    if (label === undefined) continue;
    taken.add(label);
    labels.set(name, label);
  }
  return labels;
}

/** The best name for what a node reads, then names that tell it apart from others of its scope. */
function labelsOf({ node: { name, op }, input }: Use, layer: string | null): string[] {
  const scope = layer ?? scopeOf(name)!;
  const role = ROLES[op]?.[input] ?? op;
  const last = name.split('/').at(-1)!;
  return [`${scope}.${role}`, `${scope}.${last}.${role}`, `${scope}.${last}.${role}${input}`];
}

/** The layer of a parameter with a name that the same node reads, or the one that adds to its result. */
function layerBeside({ node }: Use, { uses }: SourceIndex, named: ReadonlySet<string>): string | null {
  const adding = node.outputs.flatMap((output) => uses.get(output) ?? []).filter((use) => use.node.op === 'Add');
  // A scope of a later block has the same name with a number: "/qkv_1/MatMul".
  const own = scopeOf(node.name)!.split('.').at(-1)!;
  const called = new Set([own, own.replace(/_\d+$/, '')]);
  const layers = [node, ...adding.map((use) => use.node)]
    .flatMap(({ inputs }) => inputs.filter((input) => named.has(input)))
    .map((input) => input.split('.').slice(0, -1));
  return layers.find((parts) => called.has(parts.at(-1) ?? ''))?.join('.') ?? null;
}

/** "/encoder/layers.0/linear/MatMul" → "encoder.layers.0.linear"; null where the name has no scope. */
function scopeOf(name: string): string | null {
  const parts = name.split('/').filter((part) => part !== '');
  if (parts.length < 2) return null;
  // PyTorch repeats the names of the scopes above: "/layers/layers.0/layers.0.1/Conv".
  const scopes = parts.slice(0, -1);
  return scopes.filter((part, i) => !scopes[i + 1]?.startsWith(`${part}.`)).join('.');
}
