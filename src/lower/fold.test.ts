import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { constantOf } from '../graph/graph';
import { upTo } from '../graph/limits';
import { numbers, tensor } from '../graph/tensor';
import type { Evaluator } from '../graph/evaluator';
import { Folds } from './fold';
import { lower } from './lower';
import type { SourceNode } from '../graph/source';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

function node(op: string, inputs: string[], output: string, attributes: SourceNode['attributes'] = {}): SourceNode {
  return { name: `node ${output}`, op, domain: '', inputs, outputs: [output], attributes };
}

const axis = (value: number) => ({ axis: { kind: 'int', value } }) as const;

/** How exporters write Reshape(x, [x.shape[0], −1]), with a scale that is computed on the side. */
const NODES = [
  node('Shape', ['x'], 'shape'),
  node('Gather', ['shape', 'first'], 'batch', axis(0)),
  node('Unsqueeze', ['batch', 'axes'], 'batches'),
  node('Concat', ['batches', 'rest'], 'wanted', axis(0)),
  node('Reshape', ['x', 'wanted'], 'flat'),
  node('Sqrt', ['length'], 'root'),
  node('Div', ['one', 'root'], 'scale'),
  node('Mul', ['flat', 'scale'], 'y'),
];

const CONSTANTS = {
  first: tensor('int64', [], [0]),
  axes: tensor('int64', [1], [0]),
  rest: tensor('int64', [1], [-1]),
  length: tensor('float32', [], [12]),
  one: tensor('float32', [], [1]),
};

async function lowered(nodes: readonly SourceNode[]) {
  const asked = { alone: [] as string[], together: [] as string[][] };
  const counting: Evaluator = {
    evaluate(each, ...rest) {
      asked.alone.push(each.op);
      return engine.evaluate(each, ...rest);
    },
    evaluateAll(group, ...rest) {
      asked.together.push(group.map(({ op }) => op));
      return engine.evaluateAll(group, ...rest);
    },
  };
  const g = new GraphBuilder();
  const initializers = new Map(Object.entries(CONSTANTS));
  const source = { nodes, initializers, inputs: [], outputs: ['y'], opsets: { '': 18 } };
  const bound = new Map([['x', g.input('x', 'float32', [5, 3, 4])]]);
  return { asked, ...(await lower(g, source, bound, counting)) };
}

describe('constants that exporters compute', () => {
  it('are computed together if they read one another', async () => {
    const { asked, values } = await lowered(NODES);
    expect(asked).toEqual({ alone: [], together: [['Gather', 'Unsqueeze', 'Concat', 'Sqrt', 'Div']] });
    expect(numbers(constantOf(values.get('wanted')!)!)).toEqual([5, -1]);
    expect(constantOf(values.get('scale')!)!.data[0]).toBe(Math.fround(1 / Math.fround(Math.sqrt(12))));
    expect(values.get('y')!.shape).toEqual([5, 12]);
  });

  it('are named if they cannot be computed, and the others still are', async () => {
    const beyond = node('Gather', ['rest', 'length'], 'lost', axis(0));
    const { unavailable, values } = await lowered([NODES[0], beyond, ...NODES.slice(1)]);
    expect([...unavailable.keys()]).toEqual(['lost']);
    expect(unavailable.get('lost')!.where).toEqual(['Gather "node lost"']);
    expect(numbers(constantOf(values.get('wanted')!)!)).toEqual([5, -1]);
  });

  it('differ from one another if they are random', async () => {
    const shape = { shape: { kind: 'ints', value: [3] } } as const;
    const noise = ['a', 'b'].map((name) => node('RandomUniform', [], name, shape));
    const { asked } = await lowered([...noise, ...NODES]);
    expect(asked.alone).toEqual(['RandomUniform', 'RandomUniform']);
  });
});

it('looks at each operand once, however many groups there are', async () => {
  const looks = async (groups: number) => {
    const nodes = upTo(groups).flatMap((i) => [
      node('Shape', [`x${i}`], `shape${i}`),
      node('Gather', [`shape${i}`, 'first'], `batch${i}`, axis(0)),
      node('Unsqueeze', [`batch${i}`, 'axes'], `batches${i}`),
      node('Concat', [`batches${i}`, 'rest'], `wanted${i}`, axis(0)),
      node('Reshape', [`x${i}`, `wanted${i}`], `x${i + 1}`),
    ]);
    const g = new GraphBuilder();
    const values = new CountingMap<string, Value>();
    for (const [name, constant] of Object.entries(CONSTANTS)) values.set(name, g.constant(constant));
    const folds = new Folds(nodes, { '': 18 }, engine);
    for (const each of nodes) {
      if (each.op === 'Shape') values.set(each.outputs[0], g.indices([5, 12]));
      if (each.op === 'Shape' || each.op === 'Reshape') continue;
      const tensors = each.inputs.map((name) => constantOf(values.peek(name)!));
      const [result] = await folds.of(each, tensors, 18, values);
      values.set(each.outputs[0], g.constant(result));
    }
    expect(numbers(constantOf(values.peek(`wanted${groups - 1}`)!)!)).toEqual([5, -1]);
    return values.looks;
  };
  expect(await looks(40)).toBeLessThan(2.2 * (await looks(20)));
});

/** Counts how often something is looked up. */
class CountingMap<K, V> extends Map<K, V> {
  looks = 0;
  peek = (key: K) => super.get(key);
  override get(key: K): V | undefined {
    this.looks++;
    return super.get(key);
  }
}
