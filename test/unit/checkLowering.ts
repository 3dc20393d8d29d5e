import { expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine';
import { GraphBuilder } from '../../src/graph/builder';
import type { Value } from '../../src/graph/graph';
import { contextOf } from '../../src/lower/context';
import type { SourceAttribute, SourceNode } from '../../src/graph/source';
import { loweringOf } from '../../src/lower/table';
import type { Tensor } from '../../src/graph/tensor';
import { isFloat, sizeOf, tensor } from '../../src/graph/tensor';
import type { Operand } from './checkRule';
import { checkFunction } from './checkRule';

/** An operator of a model, and how to test its lowering. */
export interface OperatorCase {
  op: string;
  /** Operands; null for an input that is left out. */
  inputs: readonly (Operand | null)[];
  attributes?: Readonly<Record<string, AttributeValue>>;
  /** The number of outputs, or their names, where '' is an output that is left out. */
  outputs?: number | readonly string[];
  domain?: string;
  opset?: number;
  /** Indices of integer inputs that come with the data instead of being constants of the model. */
  fed?: readonly number[];
  /** Indices of float inputs that are constants, such as scales and bounds. */
  constant?: readonly number[];
  /** Largest allowed difference from the runtime's result, relative to its largest number or 1. */
  tolerance?: number;
  /** Whether only values are checked, for operators that have kinks wherever random operands land. */
  withoutDerivative?: boolean;
  /** What this case is about; part of the test's title. */
  about?: string;
}

type AttributeValue = number | string | readonly number[] | readonly string[] | SourceAttribute;

/** A float attribute. A plain whole number becomes an int, so a float of value 1 is written `float(1)`. */
export const float = (value: number): SourceAttribute => ({ kind: 'float', value });
export const floats = (value: readonly number[]): SourceAttribute => ({ kind: 'floats', value });

/**
 * Tests how an operator of a model is lowered. Compares its values with ONNX Runtime's own kernel, and checks its
 * derivatives (both modes, twice, and stacked) with `checkFunction`.
 */
export function checkLowering(wanted: OperatorCase): void {
  const shapes = wanted.inputs.map((x) => (x ? `[${x.shape.join()}]` : '–')).join(' ');
  const title = `${wanted.domain ? `${wanted.domain}.` : ''}${wanted.op} of ${shapes} ${JSON.stringify(wanted.attributes ?? {})}`;
  it(`${title}${wanted.about ? `: ${wanted.about}` : ''}`, async () => {
    await expectRuntimeValues(wanted);
    if (!wanted.withoutDerivative) await checkDerivatives(wanted);
  });
}

/** Compares the values of every output with the runtime's. */
async function expectRuntimeValues(wanted: OperatorCase): Promise<void> {
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const node = nodeOf(wanted);
    const tensors = wanted.inputs.map((x) => x && float32Tensor(x));
    const expected = await engine.evaluate(node, tensors, versionOf(wanted));
    const g = new GraphBuilder();
    const inputs = wanted.inputs.map((x, i) => x && operandValue(g, wanted, x, i, 'float32'));
    const results = lowerCase(g, wanted, inputs);
    const present = node.outputs.flatMap((name, i) => (name === '' ? [] : [results[i]]));
    const fed = inputs.flatMap((x, i): [Value, Tensor][] => (x && !x.node ? [[x, tensors[i]!]] : []));
    const program = await engine.compile(g, {
      inputs: Object.fromEntries(fed.map(([x]) => [x.name!, x])),
      outputs: Object.fromEntries(present.map((y, i) => [`y${i}`, y])),
      constants: new Map(),
    });
    const found = await program.run(Object.fromEntries(fed.map(([x, t]) => [x.name!, t])));
    for (const [i, t] of expected.entries()) expectClose(found[`y${i}`], t, wanted.tolerance ?? 1e-5, `output ${i}`);
  } finally {
    await engine.dispose();
  }
}

function checkDerivatives(wanted: OperatorCase): Promise<void> {
  const moving = wanted.inputs.flatMap((x, i) => (x && !isConstant(wanted, x, i) ? [i] : []));
  return checkFunction(
    (g, values) => {
      const precision = values.find(({ dtype }) => isFloat(dtype))!.dtype as 'float32' | 'float64';
      const inputs = wanted.inputs.map((x, i) => {
        if (!x) return null;
        return moving.includes(i) ? values[moving.indexOf(i)] : operandValue(g, wanted, x, i, precision);
      });
      const flat = lowerCase(g, wanted, inputs)
        .filter((y) => isFloat(y.dtype))
        .map((y) => g.reshape(y, [sizeOf(y.shape)]));
      return g.concat(flat, 0);
    },
    moving.map((i) => wanted.inputs[i]!),
  );
}

function lowerCase(g: GraphBuilder, wanted: OperatorCase, inputs: readonly (Value | null)[]): readonly Value[] {
  const node = nodeOf(wanted);
  const lowering = loweringOf(node);
  if (!lowering) throw new Error(`${wanted.op} has no lowering`);
  const result = g.from(node.name, () => lowering(contextOf(g, node, inputs, versionOf(wanted))));
  return Array.isArray(result) ? (result as readonly Value[]) : [result as Value];
}

const versionOf = ({ domain = '', opset }: OperatorCase) => opset ?? (domain === '' ? 18 : 1);

function nodeOf({ op, domain = '', inputs, attributes = {}, outputs = 1 }: OperatorCase): SourceNode {
  const names = typeof outputs === 'number' ? Array.from({ length: outputs }, (_, i) => `y${i}`) : outputs;
  return {
    name: `the ${op}`,
    op,
    domain,
    inputs: inputs.map((x, i) => (x ? `x${i}` : '')),
    outputs: names,
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, attributeOf(value)])),
  };
}

function attributeOf(value: AttributeValue): SourceAttribute {
  if (typeof value === 'string') return { kind: 'string', value };
  if (typeof value === 'number') return { kind: Number.isInteger(value) ? 'int' : 'float', value } as SourceAttribute;
  if ('kind' in value) return value;
  if (value.length > 0 && typeof value[0] === 'string') return { kind: 'strings', value: value as readonly string[] };
  return { kind: 'ints', value: value as readonly number[] };
}

function isConstant({ fed = [], constant = [] }: OperatorCase, { dtype }: Operand, i: number): boolean {
  return constant.includes(i) || (dtype !== 'float' && !fed.includes(i));
}

function operandValue(
  g: GraphBuilder,
  wanted: OperatorCase,
  operand: Operand,
  i: number,
  precision: 'float32' | 'float64',
): Value {
  const { dtype, shape, values } = operand;
  const type = dtype === 'float' ? precision : dtype;
  return isConstant(wanted, operand, i) ? g.constant(tensor(type, shape, values)) : g.input(`x${i}`, type, shape);
}

const float32Tensor = ({ dtype, shape, values }: Operand) =>
  tensor(dtype === 'float' ? 'float32' : dtype, shape, values);

function expectClose(actual: Tensor, expected: Tensor, tolerance: number, what: string): void {
  expect([...actual.shape], `${what}: shape`).toEqual([...expected.shape]);
  expect(actual.dtype, `${what}: type`).toBe(expected.dtype);
  const [a, b] = [actual, expected].map(({ data }) => Array.from(data as ArrayLike<number | bigint>, Number));
  const scale = b.reduce((max, v) => (Number.isFinite(v) ? Math.max(max, Math.abs(v)) : max), 1);
  const worst = a.reduce((max, v, i) => {
    const distance = Object.is(v, b[i]) ? 0 : Math.abs(v - b[i]);
    return Number.isNaN(distance) ? Infinity : Math.max(max, distance);
  }, 0);
  expect(worst / scale, `${what}: ${a.slice(0, 6).join(' ')} … against ${b.slice(0, 6).join(' ')} …`).toBeLessThan(
    tolerance,
  );
}
