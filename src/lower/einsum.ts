import type { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { sizeOf } from '../graph/tensor';
import type { LowerContext, LoweringTable } from './context';
import { counted } from '../graph/limits';

/** A tensor with distinct names of its axes. */
interface Labelled {
  value: Value;
  labels: readonly string[];
}

export const einsumLowerings: LoweringTable = { Einsum: einsum };

/** Sum over named axes, as numpy.einsum: diagonals first, then pairs from left to right, each one matrix product. */
function einsum(c: LowerContext): Value {
  const { g } = c;
  const { terms, output } = parse(c);
  const sizes = new Map<string, number>();
  for (const [i, labels] of terms.entries()) {
    for (const [axis, label] of labels.entries()) {
      sizes.set(label, Math.max(sizes.get(label) ?? 1, c.input(i).shape[axis]));
    }
  }
  const operands = terms.map((labels, i) => withoutRepeats(g, c.input(i), labels, sizes));
  let result = operands[0];
  for (let i = 1; i <= operands.length; i++) {
    const needed = new Set([...output, ...operands.slice(i).flatMap(({ labels }) => labels)]);
    result = sumOut(g, result, needed);
    if (i === operands.length) break;
    const later = new Set([...output, ...operands.slice(i + 1).flatMap(({ labels }) => labels)]);
    const next = sumOut(g, operands[i], new Set([...later, ...result.labels]));
    result = contract(g, result, next, later);
  }
  const present = output.filter((label) => result.labels.includes(label));
  const ordered = g.transpose(
    result.value,
    present.map((label) => result.labels.indexOf(label)),
  );
  // An axis of length 1 in every operand may have been dropped earlier.
  return g.reshape(
    ordered,
    output.map((label) => sizes.get(label)!),
  );
}

/** "ij,...jk->...ik" as lists of labels; the axes of an ellipsis are called ".1", ".2" … from the last. */
function parse(c: LowerContext): { terms: string[][]; output: string[] } {
  const equation = c.string('equation').replace(/\s/g, '');
  const [left, right] = equation.split('->');
  const texts = left.split(',');
  if (texts.length !== c.inputs.length) c.fail(`Einsum "${equation}" of ${c.inputs.length} operands.`);
  let longest = 0;
  const terms = texts.map((text, i) => {
    const named = text.replace('...', '').length;
    const free = c.input(i).shape.length - named;
    if (free < 0 || (free > 0 && !text.includes('...'))) {
      c.fail(`Einsum "${equation}" does not fit operand ${i + 1} of rank ${c.input(i).shape.length}.`);
    }
    longest = Math.max(longest, free);
    return expandEllipsis(text, free);
  });
  if (right !== undefined) return { terms, output: expandEllipsis(right, longest) };
  const all = terms.flat();
  const once = [...new Set(all)].filter((label) => label.length === 1 && all.filter((l) => l === label).length === 1);
  return { terms, output: [...expandEllipsis('...', longest), ...once.sort()] };
}

function expandEllipsis(text: string, free: number): string[] {
  const [before, after] = text.includes('...') ? text.split('...') : [text, ''];
  const labels = text.includes('...') ? counted(free, (i) => `.${free - i}`) : [];
  return [...before, ...labels, ...after];
}

/** Diagonals where a label stands twice; axes of length 1 that broadcast against longer ones are dropped. */
function withoutRepeats(
  g: GraphBuilder,
  x: Value,
  labels: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Labelled {
  const repeated = labels.findIndex((label, i) => labels.indexOf(label) < i);
  if (repeated >= 0) {
    const first = labels.indexOf(labels[repeated]);
    const length = x.shape[first];
    const front = g.moveAxis(g.moveAxis(x, repeated, 0), first + 1, 1);
    const rows = g.reshape(front, [length * length, ...front.shape.slice(2)]);
    const diagonal = g.gather(rows, g.indices(counted(length, (i) => i * (length + 1))), 0);
    const rest = labels.filter((_, i) => i !== repeated && i !== first);
    return withoutRepeats(g, diagonal, [labels[first], ...rest], sizes);
  }
  const dropped = [...labels.keys()].filter((i) => x.shape[i] === 1 && sizes.get(labels[i]) !== 1);
  return { value: g.squeeze(x, dropped), labels: labels.filter((_, i) => !dropped.includes(i)) };
}

function sumOut(g: GraphBuilder, { value, labels }: Labelled, needed: ReadonlySet<string>): Labelled {
  const axes = [...labels.keys()].filter((i) => !needed.has(labels[i]));
  return { value: g.sum(value, axes), labels: labels.filter((label) => needed.has(label)) };
}

/** One matrix product: shared labels that are needed later are batch axes, shared ones that are not are summed. */
function contract(g: GraphBuilder, a: Labelled, b: Labelled, later: ReadonlySet<string>): Labelled {
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => later.has(label));
  const summed = shared.filter((label) => !later.has(label));
  const left = a.labels.filter((label) => !shared.includes(label));
  const right = b.labels.filter((label) => !shared.includes(label));
  const dims = ({ value, labels }: Labelled, list: readonly string[]) =>
    list.map((label) => value.shape[labels.indexOf(label)]);
  const arranged = ({ value, labels }: Labelled, order: readonly string[]) =>
    g.transpose(
      value,
      order.map((label) => labels.indexOf(label)),
    );
  const labels = [...batch, ...left, ...right];
  const shape = [...dims(a, batch), ...dims(a, left), ...dims(b, right)];
  if (summed.length === 0) {
    const x = g.reshape(arranged(a, [...batch, ...left]), [...dims(a, [...batch, ...left]), ...right.map(() => 1)]);
    const y = g.reshape(arranged(b, [...batch, ...right]), [
      ...dims(b, batch),
      ...left.map(() => 1),
      ...dims(b, right),
    ]);
    return { value: g.mul(x, y), labels };
  }
  const [inner, outer] = [sizeOf(dims(a, summed)), sizeOf(dims(a, batch))];
  const x = g.reshape(arranged(a, [...batch, ...left, ...summed]), [outer, sizeOf(dims(a, left)), inner]);
  const y = g.reshape(arranged(b, [...batch, ...summed, ...right]), [outer, inner, sizeOf(dims(b, right))]);
  return { value: g.reshape(g.matmul(x, y), shape), labels };
}
