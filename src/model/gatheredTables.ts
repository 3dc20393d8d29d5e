import type { SourceGraph, SourceNode } from '../graph/source';
import { PASSING } from './parameterRoles';
import type { SourceIndex } from '../graph/sourceIndex';
import { indexOf } from '../graph/sourceIndex';
import type { Tensor } from '../graph/tensor';
import { isFloat, sizeOf, tensor } from '../graph/tensor';

/** Fewer distinct values may belong to a mask, or to weights of a few bits. */
const LEAST_VALUES = 8;
/** Number of elements of the largest tensor to search. */
const LARGEST = 2 ** 24;

export interface GatheredTable {
  /** The constant in the file. */
  name: string;
  /** Of the table, [heads, values]. */
  shape: readonly number[];
}

/**
 * Recovers tables that the exporter gathered into a constant. The relative positions of Swin and T5, one row for each head,
 * become biases [heads, L, L] that repeat every entry of the table many times. All heads repeat at the same places, which
 * distinguishes these biases from anything else. The table becomes the parameter again, under the name of the constant, and
 * the constant becomes a Gather of it.
 * @param written names of tensors that the model's code holds as constants, such as ALiBi's distances
 */
export function withGatheredTables(
  source: SourceGraph,
  written: ReadonlySet<string>,
): { source: SourceGraph; tables: GatheredTable[] } {
  const index = indexOf(source);
  const outside = new Set(source.nodes);
  const initializers = new Map(source.initializers);
  const tables: GatheredTable[] = [];
  const lookups: SourceNode[] = [];
  const renamed = new Map<string, string>();
  for (const [name, constant] of source.initializers) {
    if (written.has(name) || source.outputs.includes(name) || !mayBeGathered(constant)) continue;
    if (!isAdded(index, name) || !(index.uses.get(name) ?? []).every(({ node }) => outside.has(node))) continue;
    const found = tableOf(constant);
    if (!found) continue;
    const [places, rows, shape, whole] = ['places', 'rows', 'shape', 'gathered'].map((part) => `${name} (${part})`);
    initializers.set(name, found.table);
    initializers.set(places, found.places);
    initializers.set(shape, tensor('int64', [constant.shape.length], constant.shape));
    const axis = { axis: { kind: 'int' as const, value: 1 } };
    lookups.push(
      { name: whole, op: 'Gather', domain: '', inputs: [name, places], outputs: [rows], attributes: axis },
      { name: whole, op: 'Reshape', domain: '', inputs: [rows, shape], outputs: [whole], attributes: {} },
    );
    renamed.set(name, whole);
    tables.push({ name, shape: found.table.shape });
  }
  if (tables.length === 0) return { source, tables };
  const nodes = source.nodes.map((node) => ({ ...node, inputs: node.inputs.map((name) => renamed.get(name) ?? name) }));
  return { source: { ...source, nodes: [...lookups, ...nodes], initializers }, tables };
}

/** [heads, L, L], perhaps with axes of length 1 in front. */
function mayBeGathered({ dtype, shape }: Tensor): boolean {
  const long = shape.filter((dim) => dim > 1);
  const square = shape.length > 2 && shape[shape.length - 1] === shape[shape.length - 2];
  return isFloat(dtype) && long.length === 3 && square && sizeOf(shape) <= LARGEST;
}

/** Whether a tensor, perhaps rearranged, is added to something such as attention scores. */
function isAdded({ uses }: SourceIndex, name: string): boolean {
  const readers = uses.get(name) ?? [];
  return (
    readers.length > 0 &&
    readers.every(
      ({ node }) =>
        node.op === 'Add' || (PASSING.has(node.op) && isAdded({ uses, producers: new Map() }, node.outputs[0])),
    )
  );
}

/** The table and the index of its column for each place, [L·L]; null if heads repeat at different places or hardly at all. */
function tableOf({ dtype, shape, data }: Tensor): { table: Tensor; places: Tensor } | null {
  const heads = shape.find((dim) => dim > 1)!;
  const size = data.length / heads;
  const known = new Map<number, number>();
  const firsts: number[] = [];
  const places: number[] = [];
  for (let i = 0; i < size; i++) {
    const value = data[i] as number;
    const place = known.get(value) ?? known.size;
    if (place === known.size) {
      known.set(value, place);
      firsts.push(i);
      if (2 * firsts.length > size) return null;
    }
    places.push(place);
  }
  if (firsts.length < LEAST_VALUES) return null;
  for (let head = 1; head < heads; head++) {
    for (let i = 0; i < size; i++) {
      if (!Object.is(data[head * size + i], data[head * size + firsts[places[i]]])) return null;
    }
  }
  const values = Array.from({ length: heads }, (_, head) => firsts.map((i) => data[head * size + i] as number)).flat();
  return { table: tensor(dtype, [heads, firsts.length], values), places: tensor('int64', [size], places) };
}
