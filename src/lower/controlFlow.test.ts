import { afterAll, expect, test } from 'vitest';
import { vjp } from '../autodiff/differentiate';
import { Engine } from '../engine/engine';
import { GraphBuilder } from '../graph/builder';
import type { Value } from '../graph/graph';
import { scalar, tensor } from '../graph/tensor';
import { UnknownCourseError } from './context';
import { lower } from './lower';
import type { SourceNode, SourceSubgraph } from '../graph/source';

const engine = new Engine({ provider: 'cpu', threads: 1 });
afterAll(() => engine.dispose());

const ops = (text: string): SourceNode[] =>
  text.split(';').map((line, i) => {
    const [inputs, op, outputs] = line.trim().split(/ *-> */);
    return {
      name: `${op}_${i}`,
      op,
      domain: '',
      inputs: inputs.split(','),
      outputs: outputs.split(','),
      attributes: {},
    };
  });

const body = (inputs: string, text: string, outputs: string): SourceSubgraph => ({
  nodes: ops(text),
  initializers: new Map(),
  inputs: inputs.split(',').map((name) => ({ name })),
  outputs: outputs.split(',').map((name) => ({ name })),
});

interface Flow {
  op: string;
  inputs: string[];
  outputs: string[];
  attributes: SourceNode['attributes'];
  /** Constants by name. */
  given?: Readonly<Record<string, number | boolean>>;
}

async function lowered(flow: Flow, g: GraphBuilder, bound: ReadonlyMap<string, Value>): Promise<Value[]> {
  const { op, inputs, outputs, attributes, given = {} } = flow;
  const constants = Object.entries(given).map(([name, value]) => {
    const constant = typeof value === 'boolean' ? scalar('bool', value ? 1 : 0) : tensor('int64', [], [value]);
    return [name, constant] as const;
  });
  const source = {
    nodes: [{ name: 'flow', op, domain: '', inputs, outputs, attributes }],
    initializers: new Map(constants),
    inputs: [],
    outputs,
    opsets: { '': 18 },
  };
  const { values } = await lower(g, source, bound, engine, new Set(bound.values()));
  return outputs.map((name) => values.get(name)!);
}

async function run(flow: Flow, feeds: Readonly<Record<string, number[]>>): Promise<Record<string, number[]>> {
  const g = new GraphBuilder();
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, x]) => [name, g.input(name, 'float32', [x.length])]),
  );
  const results = await lowered(flow, g, new Map(Object.entries(inputs)));
  const named = Object.fromEntries(results.map((value, i) => [`out ${flow.outputs[i]}`, value]));
  const program = await engine.compile(g, { inputs, outputs: named, constants: new Map() });
  const found = await program.run(
    Object.fromEntries(Object.entries(feeds).map(([name, x]) => [name, tensor('float32', [x.length], x)])),
  );
  return Object.fromEntries(flow.outputs.map((name) => [name, Array.from(found[`out ${name}`].data as Float32Array)]));
}

const power: Flow = {
  op: 'Loop',
  inputs: ['trips', 'go', 'y'],
  outputs: ['last', 'all'],
  // The body reads x of the graph around it.
  attributes: {
    body: {
      kind: 'graph',
      value: body('i,go_in,y_in', 'go_in->Identity->go_out;y_in,x->Mul->y_out', 'go_out,y_out,y_out'),
    },
  },
  given: { trips: 3, go: true },
};

test('a loop with a known trip count is unrolled, with carried and collected values', async () => {
  const { last, all } = await run(power, { x: [2, -1], y: [1, 3] });
  expect(last).toEqual([8, -3]);
  expect(all).toEqual([2, -3, 4, 3, 8, -3]);
});

test('the gradient passes through an unrolled loop, even to outer values that the body reads', async () => {
  const g = new GraphBuilder();
  const [x, y] = [g.input('x', 'float64', [2]), g.input('y', 'float64', [2])];
  const bound = new Map([
    ['x', x],
    ['y', y],
  ]);
  const [last] = await lowered(power, g, bound);
  const [xBar, yBar] = vjp(g, [last], [g.expand(g.like(last, 1), [2])], [x, y]);
  const program = await engine.compile(g, {
    inputs: { x, y },
    outputs: { xBar: xBar!, yBar: yBar! },
    constants: new Map(),
  });
  const found = await program.run({ x: tensor('float64', [2], [2, -1]), y: tensor('float64', [2], [5, 3]) });
  // y·x³: 3·y·x² and x³.
  expect(Array.from(found.xBar.data as Float64Array)).toEqual([60, 9]);
  expect(Array.from(found.yBar.data as Float64Array)).toEqual([8, -1]);
});

test('a loop ends when a condition that is known beforehand says so', async () => {
  const stop = body('i,go_in,y_in', 'i,limit->Less->go_out;y_in,x->Add->y_out', 'go_out,y_out');
  const flow: Flow = {
    op: 'Loop',
    inputs: ['', 'go', 'y'],
    outputs: ['last'],
    attributes: { body: { kind: 'graph', value: stop } },
    given: { go: true, limit: 4 },
  };
  // Steps 0 … 4: the condition is looked at after each.
  expect(await run(flow, { x: [1], y: [0] })).toEqual({ last: [5] });
});

test('a loop whose condition depends on the data is refused by name', async () => {
  const g = new GraphBuilder();
  const bound = new Map([
    ['x', g.input('x', 'float32', [1])],
    ['y', g.input('y', 'float32', [1])],
    ['go', g.input('go', 'bool', [])],
  ]);
  const flow: Flow = { ...power, given: { trips: 3 } };
  await expect(lowered(flow, g, bound)).rejects.toThrow(UnknownCourseError);
  await expect(lowered(flow, g, bound)).rejects.toThrow(/Loop "flow"/);
});

test('an If with a known condition builds only the taken branch', async () => {
  const branch = (op: string): SourceSubgraph => ({ ...body('', `x->${op}->y`, 'y'), inputs: [] });
  const flow = (condition: boolean): Flow => ({
    op: 'If',
    inputs: ['condition'],
    outputs: ['y'],
    attributes: {
      then_branch: { kind: 'graph', value: branch('Neg') },
      else_branch: { kind: 'graph', value: branch('Abs') },
    },
    given: { condition },
  });
  const moving = new Map([['condition', new GraphBuilder().input('condition', 'bool', [])]]);
  await expect(lowered({ ...flow(true), given: {} }, new GraphBuilder(), moving)).rejects.toThrow(
    /condition of If is computed from the data: which branch is taken/,
  );
  expect(await run(flow(true), { x: [2] })).toEqual({ y: [-2] });
  expect(await run(flow(false), { x: [-2] })).toEqual({ y: [2] });
});

test('a Scan runs backwards on request', async () => {
  const flow: Flow = {
    op: 'Scan',
    inputs: ['start', 'x'],
    outputs: ['last', 'sums'],
    attributes: {
      num_scan_inputs: { kind: 'int', value: 1 },
      scan_input_directions: { kind: 'ints', value: [1] },
      scan_output_directions: { kind: 'ints', value: [1] },
      body: { kind: 'graph', value: body('s,e', 's,e->Add->t', 't,t') },
    },
  };
  // Sums from the end, written from the end.
  expect(await run(flow, { start: [10], x: [1, 2, 3] })).toEqual({ last: [16], sums: [16, 15, 13] });
});
