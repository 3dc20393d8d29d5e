import type { SourceAttribute, SourceNode } from '../graph/source';
import type { Tensor } from '../graph/tensor';
import { tensor } from '../graph/tensor';
import { elementFormats } from '../onnx/elementType';
import { heldIn } from './floatElements';
import type { FloatElement } from './floatElements';

/** What was seen of one value of the graph over the samples that ran. */
export interface Seen {
  nan: boolean;
  /** Largest number, NaN aside; may be ±∞. */
  high: number;
  /** Smallest number, NaN aside; may be ±∞. */
  low: number;
  /** Smallest absolute value; only where it was asked for and no NaN stood in the way. */
  least?: number;
  /** Whether a product or quotient of two numbers that are not zero became zero. */
  lost?: boolean;
}

/** A value to look at. */
export interface Probed {
  name: string;
  element: FloatElement;
  least: boolean;
  /** The node that makes the value, where the loss of its result to zero is of interest. */
  product: SourceNode | null;
}

/** Nodes that reduce values to a few numbers inside the graph, so that no value has to leave it. */
export interface Probes {
  nodes: SourceNode[];
  initializers: Map<string, Tensor>;
  outputs: string[];
  read(results: Readonly<Record<string, Tensor>>): Map<string, Seen>;
}

/**
 * Makes the nodes that find max x, min x and whether any x is NaN for each value. A reduction may ignore or return a
 * NaN among its numbers, so NaN is replaced by 0 first. The memory is one copy of the value and a mask, which the
 * runtime frees after the reduction.
 */
export function probesOf(values: readonly Probed[]): Probes {
  const nodes: SourceNode[] = [];
  const initializers = new Map<string, Tensor>();
  const outputs: string[] = [];
  const node = (op: string, inputs: string[], output: string, attributes: Record<string, number> = {}) => {
    const ints = Object.entries(attributes).map(([key, value]): [string, SourceAttribute] => [
      key,
      { kind: 'int', value },
    ]);
    nodes.push({ name: output, op, domain: '', inputs, outputs: [output], attributes: Object.fromEntries(ints) });
    return output;
  };
  const reduce = (op: string, input: string, output: string) => {
    outputs.push(output);
    node(op, [input], output, { keepdims: 0 });
  };
  const any = (flags: string, output: string) => {
    const numbers = node('Cast', [flags], `${output} (flags)`, { to: elementFormats.float32.code });
    reduce('ReduceMax', numbers, output);
  };
  for (const [i, { name, element, least, product }] of values.entries()) {
    const wide = element === 'float64' ? 'float64' : 'float32';
    const zero = `probe zero ${wide}`;
    if (!initializers.has(zero)) initializers.set(zero, tensor(wide, [], [0]));
    const read = (from: string, as: string) =>
      element === wide ? from : node('Cast', [from], as, { to: elementFormats[wide].code });
    const x = read(name, `probe ${i} wide`);
    const isNan = node('IsNaN', [x], `probe ${i} is NaN`);
    any(isNan, `probe ${i} NaN`);
    const clean = node('Where', [isNan, zero, x], `probe ${i} clean`);
    reduce('ReduceMax', clean, `probe ${i} high`);
    reduce('ReduceMin', clean, `probe ${i} low`);
    if (least) reduce('ReduceMin', node('Abs', [clean], `probe ${i} size`), `probe ${i} least`);
    if (product) {
      const [a, b] = product.inputs.map((input, k) => {
        const isZero = node('Equal', [read(input, `probe ${i} factor ${k}`), zero], `probe ${i} zero factor ${k}`);
        return node('Not', [isZero], `probe ${i} factor ${k} counts`);
      });
      const counts = node('And', [a, b], `probe ${i} counts`);
      const isZero = node('Equal', [x, zero], `probe ${i} is zero`);
      any(node('And', [isZero, counts], `probe ${i} is lost`), `probe ${i} lost`);
    }
  }
  return {
    nodes,
    initializers,
    outputs,
    read: (results) =>
      new Map(
        values.map(({ name, element, least, product }, i): [string, Seen] => {
          const figure = (which: string) => Number(results[`probe ${i} ${which}`].data[0]);
          const nan = figure('NaN') > 0;
          return [
            name,
            {
              nan,
              high: heldIn(element, figure('high')),
              low: heldIn(element, figure('low')),
              ...(least && !nan ? { least: figure('least') } : {}),
              ...(product ? { lost: figure('lost') > 0 } : {}),
            },
          ];
        }),
      ),
  };
}

/** What was seen of one value in two runs. */
export function joined(a: Seen, b: Seen): Seen {
  const least = a.least === undefined ? b.least : b.least === undefined ? a.least : Math.min(a.least, b.least);
  return {
    nan: a.nan || b.nan,
    high: Math.max(a.high, b.high),
    low: Math.min(a.low, b.low),
    ...(least === undefined ? {} : { least }),
    ...(a.lost === undefined ? {} : { lost: a.lost || b.lost === true }),
  };
}
