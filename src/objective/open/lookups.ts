import { byName } from '../../graph/byName';
import type { Dataset } from '../../data/dataset';
import { UserError } from '../../errors';
import { operatorKey } from '../../model/parameterRoles';
import type { SourceGraph } from '../../graph/source';
import { indexOf } from '../../graph/sourceIndex';

/** A table of the model whose rows are selected by an input of the model. */
export interface Lookup {
  input: string;
  table: string;
  rows: number;
}

/** For each operator, the inputs that select rows and the tables they select from. */
const PICKING: Readonly<Record<string, readonly { table: number; indices: number }[]>> = byName({
  Gather: [{ table: 0, indices: 1 }],
  'com.microsoft.EmbedLayerNormalization': [
    { table: 2, indices: 0 },
    { table: 4, indices: 1 },
    { table: 3, indices: 8 },
  ],
});
/** Operators that pass indices on unchanged. */
const SAME = new Set([
  'Cast',
  'Identity',
  'Reshape',
  'Unsqueeze',
  'Squeeze',
  'Flatten',
  'Transpose',
  'Slice',
  'Expand',
]);

/** Finds the tables that integer inputs index, such as the embedding of token ids. */
export function lookupsOf({ nodes, initializers, inputs }: SourceGraph): Lookup[] {
  const { producers } = indexOf({ nodes });
  const originOf = (name: string): string => {
    const producer = producers.get(name);
    return producer && SAME.has(producer.op) ? originOf(producer.inputs[0]) : name;
  };
  return nodes.flatMap((node) =>
    (PICKING[operatorKey(node)] ?? []).flatMap(({ table, indices }) => {
      const rows = Number(node.attributes.axis?.value ?? 0) === 0 && initializers.get(node.inputs[table])?.shape[0];
      const input = originOf(node.inputs[indices] ?? '');
      return rows && inputs.some(({ name }) => name === input) ? [{ input, table: node.inputs[table], rows }] : [];
    }),
  );
}

/**
 * Checks that all indices exist; negative ones count from the end.
 * @throws UserError naming a sample with a bad index
 */
export function checkLookups({ inputs, shared, samples, source }: Dataset, lookups: readonly Lookup[]): void {
  for (const { input, table, rows } of lookups) {
    const { data } = { ...shared, ...inputs }[input];
    for (let i = 0; i < data.length; i++) {
      if (data[i] < rows && data[i] >= -rows) continue;
      const sample = Math.floor((i * samples) / data.length);
      throw new UserError({
        what: `${inputs[input] ? `Sample ${sample} of «${input}»` : `«${input}»`} contains ${data[i]}, but the table that it indexes, «${table}», has ${rows} rows.`,
        where: [source],
        action: 'Check that the data belong to this model and use the same vocabulary with the same numbers.',
      });
    }
  }
}
