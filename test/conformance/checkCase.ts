import { Engine } from '../../src/engine/engine';
import { UserError } from '../../src/errors';
import type { Value } from '../../src/graph/graph';
import type { Tensor } from '../../src/graph/tensor';
import { compileDerivatives } from './derivatives';
import { compareWithDifferences, TOLERANCES } from './differences';
import type { LoweredCase } from './lowerCase';
import { lowerCase, Refusal } from './lowerCase';
import type { NodeCase } from './nodeCase';
import { movingInputs } from './nodeCase';
import { projectionLoss } from './projection';
import { runtimeAnswer } from './runtimeAnswer';

export interface Outcome {
  name: string;
  operator: string;
  /**
   * `value` means that the values are right and there is nothing to differentiate: the case has no floating input, or
   * every one of them must be known beforehand (a scale, a range).
   */
  status: 'passed' | 'value' | 'failed' | 'refused';
  /** Why it failed or was refused. */
  reason?: string;
  precision?: 'float32' | 'float64';
  kinks: number;
  /** Number of output elements that are not finite, so that no difference can be taken there. */
  leftOut: number;
  /** Whether ONNX Runtime runs the case's own file. */
  runtime: boolean;
  /** Whether ONNX Runtime disagrees with the case's own answer and the lowered graph agrees with the runtime. */
  disputed: boolean;
}

/**
 * Compares the value with ONNX Runtime running the original file and with the case's own answer. Compares the gradient
 * and the Hessian-vector product of a random projection of the outputs with central differences.
 */
export async function checkCase(nodeCase: NodeCase): Promise<Outcome> {
  const { name, operator } = nodeCase;
  const base: Outcome = { name, operator, status: 'passed', kinks: 0, leftOut: 0, runtime: false, disputed: false };
  const engine = new Engine({ provider: 'cpu', threads: 1 });
  try {
    const answer = await runtimeAnswer(nodeCase);
    base.runtime = answer !== null;
    const lowered = await lowerCase(nodeCase, 'float32', engine);
    const at = await valuesOf(lowered, engine);
    const unlikeCase = compareValues(at, nodeCase.expected, 'the case');
    const wrong = answer ? compareValues(at, answer, 'ONNX Runtime') : unlikeCase;
    if (wrong) return { ...base, status: 'failed', reason: wrong };
    base.disputed = unlikeCase !== null;
    if (lowered.moving.length === 0) {
      const needed = movingInputs(nodeCase).join(', ');
      return { ...base, status: 'value', reason: needed ? `${needed} must be known beforehand` : 'no floating input' };
    }
    for (const precision of ['float64', 'float32'] as const) {
      try {
        return { ...base, precision, ...(await checkDerivatives(nodeCase, precision, engine)) };
      } catch (fault) {
        if (precision === 'float32' || !/NOT_IMPLEMENTED|find an implementation|find kernel/.test(String(fault)))
          throw fault;
      }
    }
    throw new Error('unreachable');
  } catch (fault) {
    if (fault instanceof Refusal) return { ...base, status: 'refused', reason: fault.message };
    if (fault instanceof UserError) return { ...base, status: 'refused', reason: fault.what };
    return {
      ...base,
      status: 'failed',
      reason: String((fault as Error).stack)
        .split('\n')
        .slice(0, 3)
        .join(' '),
    };
  } finally {
    await engine.dispose();
  }
}

async function checkDerivatives(
  nodeCase: NodeCase,
  precision: 'float64' | 'float32',
  engine: Engine,
): Promise<Partial<Outcome>> {
  const lowered = await lowerCase(nodeCase, precision, engine);
  const at = await valuesOf(lowered, engine);
  const names = Object.keys(lowered.outputs);
  const { loss, leftOut } = projectionLoss(
    lowered.g,
    Object.values(lowered.outputs),
    names.map((name) => at[name].data as Float64Array),
  );
  const derivatives = await compileDerivatives(lowered, loss, engine);
  const { fault, kinks, compared } = await compareWithDifferences(derivatives, TOLERANCES[precision], leftOut > 0);
  const reason = fault ?? (compared === 0 && derivatives.point.length > 0 ? 'every element is at a kink' : undefined);
  return { status: reason ? 'failed' : 'passed', reason, kinks, leftOut };
}

async function valuesOf({ g, inputs, feeds, outputs }: LoweredCase, engine: Engine): Promise<Record<string, Tensor>> {
  const program = await engine.compile(g, {
    inputs,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, value]): [string, Value] => [`out ${name}`, value]),
    ),
    constants: new Map(),
  });
  const results = await program.run(feeds);
  await program.release();
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, results[`out ${name}`]]));
}

/**
 * ONNX's own test runner allows 1e-3 relative. The absolute part, in units of the largest element, covers the float32
 * rounding of a sum.
 */
const VALUE_TOLERANCE = { relative: 1e-3, absolute: 3e-6 };

function compareValues(
  found: Readonly<Record<string, Tensor>>,
  expected: Readonly<Record<string, Tensor | null>>,
  who: string,
): string | null {
  for (const [name, { shape, data }] of Object.entries(found)) {
    const wanted = expected[name];
    if (!wanted) continue;
    if (String(wanted.shape) !== String(shape))
      return `«${name}» is [${shape.join()}], ${who} has [${wanted.shape.join()}]`;
    const values = Array.from(wanted.data as ArrayLike<number>, (v) => Math.abs(Number(v))).filter(Number.isFinite);
    const size = values.reduce((max, v) => Math.max(max, v), 1);
    for (let i = 0; i < data.length; i++) {
      const [a, b] = [Number(data[i]), Number(wanted.data[i])];
      const close = Math.abs(a - b) <= VALUE_TOLERANCE.absolute * size + VALUE_TOLERANCE.relative * Math.abs(b);
      if (!close && !Object.is(a, b)) return `«${name}» element ${i} is ${a}, ${who} has ${b}`;
    }
  }
  return null;
}
