import { describe, expect, it } from 'vitest';
import { kernelEvents, originOf, ProfileTotals } from './profile';

/** As ONNX Runtime 1.30 writes it, arguments shortened. */
const TEXT = `[
{"cat" : "Session","pid" :7,"tid" :7,"dur" :3590,"ts" :13,"ph" : "X","name" :"model_loading_uri","args" : {}},
{"cat" : "Node","pid" :7,"tid" :7,"dur" :872,"ts" :24520,"ph" : "X","name" :"/c1/Conv#0_kernel_time","args" : {"node_index" : "16","op_name" : "Conv","output_type_shape" : [{"float":[4,16]}]}},
{"cat" : "Node","pid" :7,"tid" :7,"dur" :100,"ts" :25401,"ph" : "X","name" :"ReorderOutput_kernel_time","args" : {"op_name" : "ReorderOutput"}},
{"cat" : "Session","pid" :7,"tid" :7,"dur" :1000,"ts" :13,"ph" : "X","name" :"model_run","args" : {}},
{"cat" : "Node","pid" :7,"tid" :7,"dur" :28,"ts" :25654,"ph" : "X","name" :"v12_nchwc_kernel_time","args" : {"op_name" : "Conv"}}
]
`;

describe('kernelEvents', () => {
  it('reads operators and skips session events', () => {
    expect(kernelEvents(TEXT)).toEqual([
      { name: '/c1/Conv#0', operator: 'Conv', microseconds: 872 },
      { name: 'ReorderOutput', operator: 'ReorderOutput', microseconds: 100 },
      { name: 'v12_nchwc', operator: 'Conv', microseconds: 28 },
    ]);
  });

  it('reads a truncated file as far as it goes', () => {
    expect(kernelEvents(TEXT.slice(0, TEXT.indexOf('v12')))).toHaveLength(2);
  });
});

describe('originOf', () => {
  const origins = new Map([
    ['v1', '/first'],
    ['v12', '/c2/Conv'],
    ['v13', ''],
  ]);

  it.each([
    ['/c1/Conv#17', '/c1/Conv'],
    ['/c1/Conv#17/MatMulAddFusion', '/c1/Conv'],
    ['block#1#3', 'block#1'],
    ['v12_nchwc', '/c2/Conv'],
    ['ReorderOutput', '(runtime)'],
    ['v99_nchwc', '(runtime)'],
    ['#4', '(loss and sums)'],
    ['v13', '(loss and sums)'],
  ])('%s comes from %s', (name, origin) => expect(originOf(name, origins)).toBe(origin));
});

describe('ProfileTotals', () => {
  it('scales the first runs up to all, and counts the rest as time outside operators', () => {
    const totals = new ProfileTotals();
    // 1 ms of operators in one profiled run of 2 ms, out of five runs of 10 ms together.
    const time = { seconds: 0.01, runs: 5, profiledSeconds: 0.002, profiledRuns: 1 };
    totals.add(kernelEvents(TEXT), new Map([['v12', '/c1/Conv']]), time);
    const { seconds, runs, operators, nodes } = totals.profile;
    expect([seconds, runs]).toEqual([0.01, 5]);
    const shown = (entries: typeof operators) =>
      entries.map(({ name, seconds: spent, calls }) => [name, Number(spent.toPrecision(6)), calls]);
    expect(shown(operators)).toEqual([
      ['(outside operators)', 0.005, 0],
      ['Conv', 0.0045, 10],
      ['ReorderOutput', 0.0005, 5],
    ]);
    expect(shown(nodes)).toEqual([
      ['(outside operators)', 0.005, 0],
      ['/c1/Conv', 0.0045, 10],
      ['(runtime)', 0.0005, 5],
    ]);
  });

  it('adds up sessions and ignores those that never ran', () => {
    const totals = new ProfileTotals();
    const time = { seconds: 0.001, runs: 1, profiledSeconds: 0.001, profiledRuns: 1 };
    totals.add(kernelEvents(TEXT), new Map(), time);
    totals.add(kernelEvents(TEXT), new Map(), time);
    totals.add([], new Map(), { seconds: 0, runs: 0, profiledSeconds: 0, profiledRuns: 0 });
    expect(totals.profile).toMatchObject({ seconds: 0.002, runs: 2 });
    const sum = totals.profile.nodes.reduce((total, entry) => total + entry.seconds, 0);
    expect(sum).toBeCloseTo(0.002, 12);
  });
});
